import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { ApiError, SlurmServer } from './api/request';
import type { IClusterInfo } from './api/types';

/** The Slurm clusters that the server is configured for, and the selected one. */
export interface ISlurmClusters {
  /** The server extension's API. */
  readonly server: SlurmServer;

  /** Every cluster; null until the first response. */
  readonly clusters: readonly IClusterInfo[] | null;

  /** The name of the selected cluster; null if there is none. */
  readonly current: string | null;

  /** Why the clusters could not be read; null if the last request succeeded. */
  readonly error: ApiError | null;

  /** Emitted when any of the above changes. */
  readonly changed: ISignal<ISlurmClusters, void>;

  /** Emitted with a cluster's name when this page changed its jobs or its token. */
  readonly jobsChanged: ISignal<ISlurmClusters, string>;

  /** Read the clusters unless they are known. Never rejects: see `error`. */
  load(): Promise<void>;

  /** Select another cluster. */
  select(name: string): void;

  /** Update one cluster. */
  update(info: IClusterInfo): void;

  /** Announce that a job of `cluster` was submitted or changed. */
  emitJobsChanged(cluster: string): void;
}

/** The token of the `ISlurmClusters` service. */
export const ISlurmClusters = new Token<ISlurmClusters>(
  'jupyter-slurm-rest:ISlurmClusters',
  'The Slurm clusters that the server is configured for, and the one that is looked at.'
);
