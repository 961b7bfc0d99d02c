import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { ApiError, SlurmServer } from './api/request';
import type { IClusterInfo } from './api/types';

/** The clusters that the server is configured for, and the one that is looked at. */
export interface ISlurmClusters {
  /** The server extension's API. */
  readonly server: SlurmServer;

  /** Every cluster; null until the first answer. */
  readonly clusters: readonly IClusterInfo[] | null;

  /** The name of the cluster that the panel shows; null until there is one. */
  readonly current: string | null;

  /** Why the clusters could not be read, if the last try failed. */
  readonly error: ApiError | null;

  /** Emitted when any of the above changed. */
  readonly changed: ISignal<ISlurmClusters, void>;

  /** Emitted with a cluster's name when its queue was changed from here. */
  readonly jobsChanged: ISignal<ISlurmClusters, string>;

  /** Read the clusters unless they are known already. Never rejects: see `error`. */
  load(): Promise<void>;

  /** Look at another cluster. */
  select(name: string): void;

  /** Keep what the server said of one cluster. */
  update(info: IClusterInfo): void;

  /** Say that a job of `cluster` was submitted or changed. */
  emitJobsChanged(cluster: string): void;
}

/** The token of the clusters. */
export const ISlurmClusters = new Token<ISlurmClusters>(
  'jupyter-slurm-rest:ISlurmClusters',
  'The Slurm clusters that the server is configured for, and the one that is looked at.'
);
