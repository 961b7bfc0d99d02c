import { findJobs } from '../api/jobs';
import { Poller } from '../api/poller';
import { ApiError, type SlurmServer } from '../api/request';
import type { IJob, IJobSummary } from '../api/types';
import { lacksAccounting } from '../words/errors';
import { isLive } from '../words/job-state';

/** Seconds between two requests. */
const INTERVAL = 10;
/** Seconds in which earlier runs are looked for. */
const PAST = 30 * 86_400;
/** The number of earlier runs. */
const MAX_RUNS = 6;
/** The maximum number of tasks or components. */
const MAX_SIBLINGS = 1000;

interface IRelated {
  siblings: IJobSummary[];
  runs: IJobSummary[];
}

/** The jobs that belong to a job: tasks of its array, components, earlier runs of the same name. */
export class RelatedModel {
  constructor(options: RelatedModel.IOptions) {
    this._options = options;
    const { cluster, id } = options;
    this.poller = new Poller<IRelated>({
      name: `related-${cluster}-${id}`,
      interval: options.interval ?? INTERVAL,
      load: () => this._load(),
      apply: related => {
        this._related = related;
        return { asOf: Date.now() / 1000 };
      },
      isSettled: () => this._isSettled
    });
  }

  readonly poller: Poller<IRelated>;

  /** The tasks of the job's array, or the components of the heterogeneous job; with itself. */
  get siblings(): readonly IJobSummary[] {
    return this._related?.siblings ?? [];
  }

  /** Earlier jobs of the same user and name, the newest first. */
  get runs(): readonly IJobSummary[] {
    return this._related?.runs ?? [];
  }

  dispose(): void {
    this.poller.dispose();
  }

  private get _isSettled(): boolean {
    const job = this._options.findJob();
    return (
      this._related !== null &&
      job !== null &&
      [job, ...this.siblings].every(({ state }) => !isLive(state))
    );
  }

  private async _load(): Promise<IRelated> {
    const job = this._options.findJob();
    if (job === null) {
      return { siblings: [], runs: [] };
    }
    const [siblings, runs] = await Promise.all([this._loadSiblings(job), this._loadRuns(job)]);
    return { siblings, runs };
  }

  private async _loadSiblings(job: IJob): Promise<IJobSummary[]> {
    const search =
      job.array_job_id !== null
        ? `${job.array_job_id}_`
        : job.het_job_id !== null
          ? `${job.het_job_id}+`
          : null;
    if (search === null) {
      return [];
    }
    const query = { ...this._owner(job), search, limit: MAX_SIBLINGS, sort: 'job_id' };
    const [queued, past] = await Promise.all([
      this._find('jobs', query),
      this._past({ ...query, start_time: this._since(job) })
    ]);
    const siblings = new Map<string, IJobSummary>();
    // What slurmctld says of a job is newer than what accounting does.
    for (const one of [...past, ...queued]) {
      if (job.array_job_id === one.array_job_id && job.het_job_id === one.het_job_id) {
        siblings.set(one.id, one);
      }
    }
    return [...siblings.values()];
  }

  private async _loadRuns(job: IJob): Promise<IJobSummary[]> {
    if (job.name === '' || job.array_job_id !== null || job.het_job_id !== null) {
      return [];
    }
    const runs = await this._past({
      ...this._owner(job),
      name: job.name,
      // To the hour: the server keeps responses to the same question for a while.
      start_time: Math.floor((Date.now() / 1000 - PAST) / 3600) * 3600,
      sort: '-end_time',
      limit: MAX_RUNS + 1
    });
    return runs.filter(({ job_id: id }) => id !== job.job_id).slice(0, MAX_RUNS);
  }

  /** Finished jobs; none without accounting. */
  private async _past(query: Record<string, string | number>): Promise<IJobSummary[]> {
    try {
      return await this._find('history', query);
    } catch (error) {
      if (error instanceof ApiError && lacksAccounting(error)) {
        return [];
      }
      throw error;
    }
  }

  private _find(
    list: 'jobs' | 'history',
    query: Record<string, string | number>
  ): Promise<IJobSummary[]> {
    return findJobs(this._options.server, this._options.cluster, list, query);
  }

  private _owner(job: IJob): Record<string, string | number> {
    return job.user === this._options.findUser()
      ? { scope: 'mine' }
      : { scope: 'all', user: job.user };
  }

  private _since(job: IJob): number {
    return Math.max(0, Math.floor(((job.submit_time ?? Date.now() / 1000) - 3600) / 3600) * 3600);
  }

  private readonly _options: RelatedModel.IOptions;
  private _related: IRelated | null = null;
}

export namespace RelatedModel {
  export interface IOptions {
    server: SlurmServer;
    cluster: string;
    id: string;
    /** The job, as soon as it is known. */
    findJob: () => IJob | null;
    /** The user's name on the cluster; null if it is not known. */
    findUser: () => string | null;
    /** Seconds between two requests. */
    interval?: number;
  }
}
