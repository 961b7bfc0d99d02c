import type { Event } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { queueChangeIn } from '../api/events';
import type { Poller } from '../api/poller';
import type { Scope } from '../api/types';
import { createHistoryModel, type HistoryModel } from '../history/model';
import { createQueueModel, type QueueModel } from '../jobs/model';
import { NodesModel } from '../nodes/model';
import type { IJobListModel } from '../table/job-list';
import type { ClustersModel } from './clusters';

/** What the panel shows of the chosen cluster. */
export class PanelModel implements IDisposable {
  constructor(options: PanelModel.IOptions) {
    this.clusters = options.clusters;
    const { server } = options.clusters;
    this.queues = {
      mine: createQueueModel({ server, scope: 'mine' }),
      all: createQueueModel({ server, scope: 'all' })
    };
    this.nodes = new NodesModel({ server });
    this.history = createHistoryModel({ server });
    this._lists = [this.queues.mine, this.queues.all, this.nodes, this.history];
    this.pollers = this._lists.map(({ poller }) => poller);
    for (const list of [...Object.values(this.queues), this.history]) {
      list.poller.changed.connect(() => this._onListChanged(list), this);
    }
    this.clusters.changed.connect(this._onClustersChanged, this);
    this.clusters.jobsChanged.connect(this._onJobsChanged, this);
    options.events?.connect(this._onEvent, this);
    this._onClustersChanged();
  }

  readonly clusters: ClustersModel;
  readonly queues: Readonly<Record<Scope, QueueModel>>;
  readonly nodes: NodesModel;
  readonly history: HistoryModel;

  /** The poller of each list; only those of visible lists are active. */
  readonly pollers: readonly Poller[];

  /** The queue that was used last: commands without arguments act on it. */
  get queue(): QueueModel {
    return this.queues[this._scope];
  }

  /** The list of jobs that was used last, which may be the history. */
  get list(): IJobListModel {
    return this._current === 'history' ? this.history : this.queues[this._current];
  }

  /** Emitted when the selected jobs, or their states, changed. */
  get selectionChanged(): ISignal<this, void> {
    return this._selectionChanged;
  }

  /** Set which list of jobs is used now. */
  setCurrentList(list: Scope | 'history'): void {
    if (list === this._current) {
      return;
    }
    this._current = list;
    if (list !== 'history') {
      this._scope = list;
    }
    this._selectionChanged.emit();
  }

  /** Seconds between two requests for each list. */
  set interval(seconds: number | undefined) {
    // The history keeps its own, longer interval: finished jobs seldom change.
    for (const { poller } of [this.queues.mine, this.queues.all, this.nodes]) {
      poller.interval = seconds;
    }
  }

  /** Load everything that is visible again. */
  async refresh(): Promise<void> {
    await Promise.all(
      [this.clusters.poller, ...this.pollers].map(poller => poller.refresh('manual'))
    );
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.clusters.changed.disconnect(this._onClustersChanged, this);
    this.clusters.jobsChanged.disconnect(this._onJobsChanged, this);
    this._lists.forEach(list => list.dispose());
    Signal.clearData(this);
  }

  private _onClustersChanged(): void {
    for (const list of this._lists) {
      list.cluster = this.clusters.current;
    }
  }

  private _onEvent(_: unknown, event: Event.Emission): void {
    const change = queueChangeIn(event);
    if (change !== null && change.cluster === this.clusters.current) {
      this.queues[change.scope].poller.onServerUpdate(change.as_of);
    }
  }

  private _onJobsChanged(_: unknown, cluster: string): void {
    if (cluster === this.clusters.current) {
      this.pollers.forEach(poller => void poller.refresh());
    }
  }

  private _onListChanged(list: IJobListModel): void {
    // Which commands a selected job offers depends on its state.
    const selected = list.selection.jobs
      .map(({ id, state, reason, flags }) => [id, state, reason, flags].join())
      .join(';');
    if (selected !== this._selected.get(list)) {
      this._selected.set(list, selected);
      this._selectionChanged.emit();
    }
  }

  private _current: Scope | 'history' = 'mine';
  private _isDisposed = false;
  private readonly _lists: readonly (QueueModel | NodesModel | HistoryModel)[];
  private _scope: Scope = 'mine';
  private readonly _selected = new Map<IJobListModel, string>();
  private readonly _selectionChanged = new Signal<this, void>(this);
}

export namespace PanelModel {
  export interface IOptions {
    clusters: ClustersModel;
    /** The server's events; without them, changes are seen at the next request. */
    events?: ISignal<unknown, Event.Emission>;
  }
}
