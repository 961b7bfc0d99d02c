import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';
import { type ISignal, Signal } from '@lumino/signaling';

import { PolledModel } from '../api/polled';
import { SlurmServer } from '../api/request';
import type { IClusterInfo } from '../api/types';
import { ISlurmClusters } from '../tokens';

/** The configured clusters; asked for once, then only while the panel is looked at. */
export class ClustersModel extends PolledModel implements ISlurmClusters {
  constructor(options: ClustersModel.IOptions) {
    super({ ...options, name: 'clusters', interval: options.interval ?? 60 });
    this.server = options.server;
    this._memory = options.memory ?? null;
  }

  readonly server: SlurmServer;

  get clusters(): readonly IClusterInfo[] | null {
    return this._clusters;
  }

  get current(): string | null {
    return this._current;
  }

  /** What is known of the current cluster. */
  get info(): IClusterInfo | null {
    return this._clusters?.find(cluster => cluster.name === this._current) ?? null;
  }

  get jobsChanged(): ISignal<this, string> {
    return this._jobsChanged;
  }

  async load(): Promise<void> {
    if (this._clusters === null) {
      this._first ??= this.look('tick').finally(() => {
        this._first = null;
      });
      await this._first;
    }
  }

  select(name: string): void {
    if (name !== this._current && this._clusters?.some(cluster => cluster.name === name)) {
      this._current = name;
      this._memory?.keep(name);
      this.emitChanged();
    }
  }

  update(info: IClusterInfo): void {
    if (this._clusters !== null) {
      this._clusters = this._clusters.map(known => (known.name === info.name ? info : known));
      this.emitChanged();
    }
  }

  emitJobsChanged(cluster: string): void {
    this._jobsChanged.emit(cluster);
  }

  protected async fetch(isCurrent: () => boolean): Promise<void> {
    const { clusters } = await this.server.get<{ clusters: IClusterInfo[] }>(['clusters']);
    // The choice of another day counts only until the person makes one.
    const recalled = this._current ?? (await this._memory?.recall()) ?? null;
    if (!isCurrent()) {
      return;
    }
    this._clusters = clusters;
    const known = clusters.some(({ name }) => name === recalled);
    this._current = known ? recalled : (clusters[0]?.name ?? null);
    this.dated(Date.now() / 1000, false);
  }

  private _clusters: IClusterInfo[] | null = null;
  private _current: string | null = null;
  private _first: Promise<boolean> | null = null;
  private _jobsChanged = new Signal<this, string>(this);
  private _memory: ClustersModel.IMemory | null;
}

export namespace ClustersModel {
  export interface IOptions extends Omit<PolledModel.IOptions, 'name'> {
    server: SlurmServer;
    /** Where the person's choice is kept; without it, the first cluster is looked at. */
    memory?: IMemory;
  }

  /** Keeps the name of the cluster that was chosen. */
  export interface IMemory {
    /** The name kept last, or null. Never rejects. */
    recall(): Promise<string | null>;
    keep(name: string): void;
  }
}

/** Where the chosen cluster's name is kept. */
const STATE_KEY = 'jupyter-slurm-rest:cluster';

/** Provides the clusters. They are asked for when somebody first looks, not before. */
export const clustersPlugin: JupyterFrontEndPlugin<ISlurmClusters> = {
  id: 'jupyter-slurm-rest:clusters',
  description: 'Provides the Slurm clusters that the server is configured for.',
  autoStart: true,
  provides: ISlurmClusters,
  optional: [IStateDB],
  activate: (app: JupyterFrontEnd, state: IStateDB | null): ISlurmClusters =>
    new ClustersModel({
      server: new SlurmServer(app.serviceManager.serverSettings),
      memory: state ? memoryIn(state) : undefined
    })
};

function memoryIn(state: IStateDB): ClustersModel.IMemory {
  return {
    recall: async () => {
      const name = await state.fetch(STATE_KEY).catch(() => undefined);
      return typeof name === 'string' ? name : null;
    },
    keep: name => {
      state.save(STATE_KEY, name).catch(reason => {
        console.warn('The chosen Slurm cluster could not be kept.', reason);
      });
    }
  };
}
