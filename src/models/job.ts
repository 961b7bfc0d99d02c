import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Action, JobApi } from '../api/job';
import type { ApiError } from '../api/request';
import type { IActionResult, IJob, IJobChange } from '../api/vocabulary';
import { isFinished } from './jobstate';

/** Milliseconds between two looks at a job that may still change. */
const INTERVAL = 5_000;
/** Milliseconds at most between two tries while the server fails. */
const LONGEST = 60_000;
/** Seconds after its end in which accounting still adds to a job. */
const SETTLING = 60;

/** One job: what is known of it, how old that is, and what can be done to it. */
export class JobModel implements IDisposable {
  constructor(options: JobModel.IOptions) {
    this.cluster = options.cluster;
    this.id = options.id;
    this._api = options.api;
    this._now = options.now ?? (() => Date.now() / 1000);
    this._poll = new Poll({
      auto: false,
      name: `jupyter-slurm-rest:job-${options.cluster}-${options.id}`,
      factory: () => this._read(),
      frequency: {
        interval: options.interval ?? INTERVAL,
        backoff: true,
        max: LONGEST
      }
    });
  }

  readonly cluster: string;
  readonly id: string;

  /** The job as last read, also after a later look failed; null before the first. */
  get job(): IJob | null {
    return this._job;
  }

  /** Why the last look failed; null when it did not. */
  get error(): ApiError | null {
    return this._error;
  }

  /** When `job` was read, seconds since the epoch. */
  get readAt(): number | null {
    return this._readAt;
  }

  /** Whether an action is under way. */
  get busy(): boolean {
    return this._busy;
  }

  /** Whether nothing will change any more, so that nobody needs to look again. */
  get settled(): boolean {
    const job = this._job;
    return (
      job !== null &&
      isFinished(job.state, job.flags) &&
      this._now() - (job.end_time ?? 0) > SETTLING
    );
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether somebody sees this job; nothing is read otherwise. */
  set watched(watched: boolean) {
    if (watched === this._watched || this._isDisposed) {
      return;
    }
    this._watched = watched;
    if (watched && !this.settled) {
      void this.refresh();
    } else {
      void this._poll.stop();
    }
  }

  /** Looks now, also when nothing would look by itself; never rejects. */
  async refresh(): Promise<void> {
    if (this._isDisposed) {
      return;
    }
    await this._poll.refresh();
    // A failure is in `error` by then.
    await this._poll.tick.catch(() => undefined);
  }

  /** Does something to the job; resolves with what Slurm said, after reading it again. */
  act(action: Action, options: Record<string, unknown> = {}): Promise<IActionResult> {
    return this._do(() => this._api.act(action, options));
  }

  /** Changes the job; rejects with Slurm's refusal. */
  async change(changes: IJobChange): Promise<void> {
    await this._do(() => this._api.change(changes));
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._poll.dispose();
    Signal.clearData(this);
  }

  private async _do<T>(task: () => Promise<T>): Promise<T> {
    this._busy = true;
    this._stateChanged.emit();
    try {
      return await task();
    } finally {
      this._busy = false;
      if (!this._isDisposed) {
        this._stateChanged.emit();
        void this.refresh();
      }
    }
  }

  private async _read(): Promise<void> {
    try {
      const job = await this._api.read();
      this._job = job;
      this._readAt = this._now();
      this._error = null;
    } catch (error) {
      this._error = error as ApiError;
      throw error;
    } finally {
      if (!this._isDisposed) {
        if (!this._watched || this.settled || this._error?.status === 404) {
          void this._poll.stop();
        }
        this._stateChanged.emit();
      }
    }
  }

  private readonly _api: Pick<JobApi, 'read' | 'act' | 'change'>;
  private readonly _now: () => number;
  private readonly _poll: Poll;
  private readonly _stateChanged = new Signal<this, void>(this);
  private _busy = false;
  private _error: ApiError | null = null;
  private _isDisposed = false;
  private _job: IJob | null = null;
  private _readAt: number | null = null;
  private _watched = false;
}

export namespace JobModel {
  export interface IOptions {
    cluster: string;
    id: string;
    api: Pick<JobApi, 'read' | 'act' | 'change'>;
    /** Milliseconds between two looks. */
    interval?: number;
    /** The clock, in seconds since the epoch. */
    now?: () => number;
  }
}
