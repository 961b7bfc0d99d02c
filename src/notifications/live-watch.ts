import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

import type { SlurmServer } from '../api/request';
import type { IJobList } from '../api/types';

/** Milliseconds; the server reads on for 90 seconds after each look. */
const INTERVAL = 60_000;

const LIVE = 'PENDING,RUNNING,SUSPENDED';

/**
 * Keeps the server reading the person's jobs while some of them are alive.
 *
 * The server announces what happens to jobs only while somebody looks. This looks at one
 * row a minute, from the moment that a cluster was used in this tab until no job of the
 * person is left in its queue.
 */
export class LiveWatch implements IDisposable {
  constructor(options: LiveWatch.IOptions) {
    this._server = options.server;
    this._poll = new Poll({
      auto: false,
      name: 'jupyter-slurm-rest:live-jobs',
      factory: () => this._look(),
      frequency: { interval: INTERVAL, backoff: true, max: 5 * INTERVAL },
      standby: options.standby ?? 'when-hidden'
    });
  }

  /** Whether anybody wants to hear what happens. */
  get active(): boolean {
    return this._active;
  }
  set active(value: boolean) {
    this._active = value;
    this._resume();
  }

  /** There may be live jobs on `cluster`: somebody has just looked at it. */
  expect(cluster: string): void {
    this._clusters.add(cluster);
    this._resume();
  }

  /** A job of `cluster` was just submitted or changed: the server must see it before it ends. */
  hurry(cluster: string): void {
    this.expect(cluster);
    if (this._running) {
      void this._poll.schedule({ interval: Poll.IMMEDIATE, phase: 'refreshed' });
    }
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
  }

  private _resume(): void {
    if (this.isDisposed) {
      return;
    }
    if (!this._active || this._clusters.size === 0) {
      this._running = false;
      void this._poll.stop();
    } else if (!this._running) {
      this._running = true;
      void this._poll.schedule({ interval: INTERVAL, phase: 'started' });
    }
  }

  private async _look(): Promise<void> {
    for (const cluster of [...this._clusters]) {
      const { stale, total } = await this._server.get<IJobList>(['clusters', cluster, 'jobs'], {
        scope: 'mine',
        state: LIVE,
        limit: 1
      });
      if (total === 0 && !stale) {
        this._clusters.delete(cluster);
      }
    }
    this._resume();
  }

  private _active = false;
  private _clusters = new Set<string>();
  private _poll: Poll<void, unknown, string>;
  private _running = false;
  private _server: SlurmServer;
}

export namespace LiveWatch {
  export interface IOptions {
    server: SlurmServer;
    /** When not to look; only for tests other than `when-hidden`. */
    standby?: Poll.Standby;
  }
}
