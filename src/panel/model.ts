import type { Event } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { queueChangeIn } from '../api/events';
import type { PolledModel } from '../api/polled';
import type { IJobSummary, Scope } from '../api/types';
import { HistoryModel } from '../history/model';
import { QueueModel } from '../jobs/model';
import { NodesModel } from '../nodes/model';
import type { IJobPage, IOrder, JobPagesModel } from '../table/job-list';
import type { ClustersModel } from './clusters';

/** Everything the panel shows, all of the cluster that is chosen. */
export class PanelModel implements IDisposable {
  constructor(options: PanelModel.IOptions) {
    this.clusters = options.clusters;
    const { server } = options.clusters;
    this.queues = {
      mine: new QueueModel({ server, scope: 'mine' }),
      all: new QueueModel({ server, scope: 'all' })
    };
    this.nodes = new NodesModel({ server });
    this.history = new HistoryModel({ server });
    for (const list of [...Object.values(this.queues), this.history]) {
      list.changed.connect(this._onListChanged, this);
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

  /** Each list; only those in sight are active. */
  get lists(): PolledModel[] {
    return [this.queues.mine, this.queues.all, this.nodes, this.history];
  }

  /** The queue that the person used last: what commands without arguments act upon. */
  get queue(): QueueModel {
    return this.queues[this._scope];
  }

  /** The list of jobs that the person used last, the history included. */
  get list(): JobPagesModel<IOrder, IJobPage> {
    return this._used === 'history'
      ? (this.history as unknown as JobPagesModel<IOrder, IJobPage>)
      : this.queues[this._used];
  }

  /** The jobs that commands without arguments act upon. */
  get selected(): IJobSummary[] {
    return this.list.selection.jobs;
  }

  /** Emitted when other jobs are selected than before, or they changed. */
  get selectionChanged(): ISignal<this, void> {
    return this._selectionChanged;
  }

  /** Say which list is used now. */
  use(list: Scope | 'history'): void {
    if (list === this._used) {
      return;
    }
    this._used = list;
    if (list !== 'history') {
      this._scope = list;
    }
    this._selectionChanged.emit();
  }

  /** Seconds between two looks at each list. */
  set interval(seconds: number | undefined) {
    // What is over changes seldom: the history keeps its own, longer interval.
    for (const list of [...Object.values(this.queues), this.nodes]) {
      list.interval = seconds;
    }
  }

  /** Look at everything in sight now. */
  async refresh(): Promise<void> {
    await Promise.all([this.clusters, ...this.lists].map(model => model.refresh()));
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
    for (const list of this.lists) {
      list.dispose();
    }
    Signal.clearData(this);
  }

  private _onClustersChanged(): void {
    for (const queue of Object.values(this.queues)) {
      queue.cluster = this.clusters.current;
    }
    this.nodes.cluster = this.clusters.current;
    this.history.cluster = this.clusters.current;
  }

  private _onEvent(_: unknown, event: Event.Emission): void {
    const change = queueChangeIn(event);
    if (change !== null && change.cluster === this.clusters.current) {
      this.queues[change.scope].hear(change.as_of);
    }
  }

  private _onJobsChanged(_: unknown, cluster: string): void {
    if (cluster === this.clusters.current) {
      void Promise.all(this.lists.map(list => list.refresh()));
    }
  }

  private _onListChanged(list: QueueModel | HistoryModel): void {
    // Of a selected job, the state decides what may be done.
    const selected = list.selection.jobs
      .map(({ id, state, reason, flags }) => [id, state, reason, flags].join())
      .join(';');
    if (selected !== this._selected.get(list)) {
      this._selected.set(list, selected);
      this._selectionChanged.emit();
    }
  }

  private _isDisposed = false;
  private _scope: Scope = 'mine';
  private _used: Scope | 'history' = 'mine';
  private _selected = new Map<QueueModel | HistoryModel, string>();
  private _selectionChanged = new Signal<this, void>(this);
}

export namespace PanelModel {
  export interface IOptions {
    clusters: ClustersModel;
    /** What the server announces; without it, changes are seen at the next look. */
    events?: ISignal<unknown, Event.Emission>;
  }
}
