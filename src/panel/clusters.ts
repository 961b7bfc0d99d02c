import { type ISignal, Signal } from '@lumino/signaling';

import { listClusters } from '../api/clusters';
import { Poller } from '../api/poller';
import type { ApiError, SlurmServer } from '../api/request';
import type { IClusterInfo } from '../api/types';
import type { ISlurmClusters } from '../tokens';

/** Seconds between two requests. */
const INTERVAL = 60;

/** The configured clusters: read once, then only while the panel is shown. */
export class ClustersModel implements ISlurmClusters {
  constructor(options: ClustersModel.IOptions) {
    const { server, store } = options;
    this.server = server;
    this._store = store ?? null;
    this.poller = new Poller({
      interval: INTERVAL,
      ...options,
      name: 'clusters',
      load: async () => {
        const clusters = await listClusters(server);
        // The stored choice counts only until the user makes one.
        const chosen = this._current ?? (await store?.load()) ?? null;
        return { clusters, chosen };
      },
      apply: ({ clusters, chosen }) => {
        this._clusters = clusters;
        const known = clusters.some(({ name }) => name === chosen);
        this._current = known ? chosen : (clusters[0]?.name ?? null);
        return { asOf: Date.now() / 1000 };
      }
    });
    this.poller.changed.connect(() => this._changed.emit(), this);
  }

  readonly server: SlurmServer;
  readonly poller: Poller<{ clusters: IClusterInfo[]; chosen: string | null }>;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get error(): ApiError | null {
    return this.poller.error;
  }

  get clusters(): readonly IClusterInfo[] | null {
    return this._clusters;
  }

  get current(): string | null {
    return this._current;
  }

  /** The data of the current cluster. */
  get info(): IClusterInfo | null {
    return this._clusters?.find(cluster => cluster.name === this._current) ?? null;
  }

  get jobsChanged(): ISignal<this, string> {
    return this._jobsChanged;
  }

  async load(): Promise<void> {
    if (this._clusters === null) {
      this._first ??= this.poller.load().finally(() => {
        this._first = null;
      });
      await this._first;
    }
  }

  select(name: string): void {
    if (name !== this._current && this._clusters?.some(cluster => cluster.name === name)) {
      this._current = name;
      this._store?.save(name);
      this.poller.emitChanged();
    }
  }

  update(info: IClusterInfo): void {
    if (this._clusters !== null) {
      this._clusters = this._clusters.map(known => (known.name === info.name ? info : known));
      this.poller.emitChanged();
    }
  }

  emitJobsChanged(cluster: string): void {
    this._jobsChanged.emit(cluster);
  }

  dispose(): void {
    this.poller.dispose();
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _clusters: IClusterInfo[] | null = null;
  private _current: string | null = null;
  private _first: Promise<void> | null = null;
  private _jobsChanged = new Signal<this, string>(this);
  private readonly _store: ClustersModel.IStore | null;
}

export namespace ClustersModel {
  export interface IOptions extends Poller.IModelOptions {
    server: SlurmServer;
    /** Where the user's choice is stored; without it, the first cluster is shown. */
    store?: IStore;
  }

  /** Stores the name of the chosen cluster. */
  export interface IStore {
    /** The stored name, or null. Never rejects. */
    load(): Promise<string | null>;
    save(name: string): void;
  }
}
