import type { Action, JobApi } from '../api/job';
import type { ApiError } from '../api/request';
import type { IActionResult, IJob, IJobChange } from '../api/types';
import { WatchedModel } from '../api/watched';
import { isFinished } from '../words/job-state';

/** Milliseconds between two looks at a job that may still change. */
const INTERVAL = 5_000;
/** Seconds after its end in which accounting still adds to a job. */
const SETTLING = 60;

/** One job: what is known of it, how old that is, and what can be done to it. */
export class JobModel extends WatchedModel {
  constructor(options: JobModel.IOptions) {
    super(`job-${options.cluster}-${options.id}`, options.interval ?? INTERVAL);
    this.cluster = options.cluster;
    this.id = options.id;
    this._api = options.api;
    this._now = options.now ?? (() => Date.now() / 1000);
  }

  readonly cluster: string;
  readonly id: string;

  /** The job as last read, also after a later look failed; null before the first. */
  get job(): IJob | null {
    return this._job;
  }

  /** When `job` was read, seconds since the epoch. */
  get readAt(): number | null {
    return this._readAt;
  }

  /** Whether an action is under way. */
  get busy(): boolean {
    return this._busy;
  }

  override get settled(): boolean {
    const job = this._job;
    return (
      job !== null &&
      isFinished(job.state, job.flags) &&
      this._now() - (job.end_time ?? 0) > SETTLING
    );
  }

  /** Does something to the job; resolves with what Slurm said, after reading it again. */
  act(action: Action, options: Record<string, unknown> = {}): Promise<IActionResult> {
    // By the id that is shown: of an array, what is left of it and not all.
    const job_ids = [this._job?.id ?? this.id];
    return this._do(() => this._api.act(action, { job_ids, ...options }));
  }

  /** Changes the job; rejects with Slurm's refusal. */
  async change(changes: IJobChange): Promise<void> {
    await this._do(() => this._api.change(changes, this._job?.id ?? this.id));
  }

  private async _do<T>(task: () => Promise<T>): Promise<T> {
    this._busy = true;
    this.emitChanged();
    try {
      return await task();
    } finally {
      this._busy = false;
      if (!this.isDisposed) {
        this.emitChanged();
        void this.refresh();
      }
    }
  }

  protected async read(): Promise<void> {
    try {
      const job = await this._api.read();
      this._job = job;
      this._readAt = this._now();
      this.failure = null;
    } catch (error) {
      this.failure = error as ApiError;
      throw error;
    } finally {
      if (!this.isDisposed) {
        if (!this.watched || this.settled || this.failure?.status === 404) {
          void this.poll.stop();
        }
        this.emitChanged();
      }
    }
  }

  private readonly _api: Pick<JobApi, 'read' | 'act' | 'change'>;
  private readonly _now: () => number;
  private _busy = false;
  private _job: IJob | null = null;
  private _readAt: number | null = null;
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
