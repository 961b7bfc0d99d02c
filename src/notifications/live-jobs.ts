import type { IDisposable } from '@lumino/disposable';

import { listJobs } from '../api/jobs';
import { Poller } from '../api/poller';
import type { SlurmServer } from '../api/request';

/** Seconds between two requests; the server goes on reading for 90 seconds after each. */
const INTERVAL = 60;

const LIVE_STATES = 'PENDING,RUNNING,SUSPENDED';

/**
 * Keeps the server reading the user's jobs while some of them are live.
 *
 * The server announces changes of jobs only while somebody reads them. This reads one row
 * a minute, from the moment that a cluster is used in this tab until none of the user's
 * jobs is left in its queue.
 */
export class LiveJobs implements IDisposable {
  constructor(options: LiveJobs.IOptions) {
    this._server = options.server;
    this._poller = new Poller({
      name: 'live-jobs',
      interval: INTERVAL,
      maxInterval: 5 * INTERVAL,
      standby: options.standby,
      delayed: true,
      load: () => this._check(),
      apply: () => this._update()
    });
  }

  /** Whether changes of jobs are wanted. */
  get enabled(): boolean {
    return this._enabled;
  }
  set enabled(enabled: boolean) {
    this._enabled = enabled;
    this._update();
  }

  /** Watch a cluster that may have live jobs. */
  watch(cluster: string): void {
    this._clusters.add(cluster);
    this._update();
  }

  /** Check at once, after a job was submitted or changed: the server must see it before it ends. */
  checkNow(cluster: string): void {
    this.watch(cluster);
    void this._poller.refresh();
  }

  get isDisposed(): boolean {
    return this._poller.isDisposed;
  }

  dispose(): void {
    this._poller.dispose();
  }

  private _update(): void {
    this._poller.active = this._enabled && this._clusters.size > 0;
  }

  private async _check(): Promise<true> {
    for (const cluster of [...this._clusters]) {
      const { body } = await listJobs(this._server, cluster, {
        scope: 'mine',
        state: LIVE_STATES,
        limit: 1
      });
      if (body.total === 0 && !body.stale) {
        this._clusters.delete(cluster);
      }
    }
    return true;
  }

  private readonly _clusters = new Set<string>();
  private _enabled = false;
  private readonly _poller: Poller<true>;
  private readonly _server: SlurmServer;
}

export namespace LiveJobs {
  export interface IOptions {
    server: SlurmServer;
    /** When to skip requests; only tests need anything but `when-hidden`. */
    standby?: Poller.IModelOptions['standby'];
  }
}
