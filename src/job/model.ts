import type { Action, JobApi } from '../api/jobs';
import { Poller } from '../api/poller';
import type { IActionResult, IJob, IJobUpdate } from '../api/types';
import { isFinished } from '../words/job-state';

/** Seconds between two requests for a job that may still change. */
const INTERVAL = 5;
/** Seconds after a job's end in which accounting may still add to it. */
const SETTLING = 60;

/** One job: its data, and what can be done to it. */
export class JobModel {
  constructor(options: JobModel.IOptions) {
    const { api, cluster, id, interval = INTERVAL } = options;
    this.cluster = cluster;
    this.id = id;
    this._api = api;
    this._now = options.now ?? (() => Date.now() / 1000);
    this.poller = new Poller({
      name: `job-${cluster}-${id}`,
      interval,
      load: () => api.read(),
      apply: job => {
        this._job = job;
        return { asOf: this._now() };
      },
      isSettled: error => this.settled || error?.status === 404
    });
  }

  readonly cluster: string;
  readonly id: string;
  readonly poller: Poller<IJob>;

  /** The job as last read, also after a later request failed; null before the first response. */
  get job(): IJob | null {
    return this._job;
  }

  /** Whether an action is under way. */
  get busy(): boolean {
    return this._busy;
  }

  /** Whether the job will not change any more. */
  get settled(): boolean {
    const job = this._job;
    return (
      job !== null &&
      isFinished(job.state, job.flags) &&
      this._now() - (job.end_time ?? 0) > SETTLING
    );
  }

  /** Read the job now, whether it is shown or not. Never rejects. */
  refresh(): Promise<void> {
    return this.poller.active ? this.poller.refresh() : this.poller.load();
  }

  /** Does something to the job; resolves with Slurm's response. The job is read again after. */
  act(action: Action): Promise<IActionResult> {
    // By the id that is shown: for an array, what is left of it rather than all of it.
    return this._run(() => this._api.act(action, this._job?.id ?? this.id));
  }

  /** Changes the job; rejects if Slurm refuses. */
  async change(changes: IJobUpdate): Promise<void> {
    await this._run(() => this._api.change(changes, this._job?.id ?? this.id));
  }

  dispose(): void {
    this.poller.dispose();
  }

  private async _run<T>(task: () => Promise<T>): Promise<T> {
    this._busy = true;
    this.poller.emitChanged();
    try {
      return await task();
    } finally {
      this._busy = false;
      if (!this.poller.isDisposed) {
        this.poller.emitChanged();
        void this.refresh();
      }
    }
  }

  private readonly _api: Pick<JobApi, 'read' | 'act' | 'change'>;
  private readonly _now: () => number;
  private _busy = false;
  private _job: IJob | null = null;
}

export namespace JobModel {
  export interface IOptions {
    cluster: string;
    id: string;
    api: Pick<JobApi, 'read' | 'act' | 'change'>;
    /** Seconds between two requests. */
    interval?: number;
    /** The clock, in seconds since the epoch. */
    now?: () => number;
  }
}
