import type { IDated, SlurmServer } from './request';
import type { components } from './schema';
import type {
  IActionResult,
  IHistoryList,
  IJob,
  IJobUpdate,
  IJobList,
  IJobSummary,
  IOutputChunk,
  ITransitionList,
  Scope
} from './types';

/** What can be done to a job. */
export type Action = components['schemas']['ActionRequest']['action'];

export type Stream = 'stdout' | 'stderr';

/** Which part of a list to read, in which order. */
export interface IPageQuery {
  /** A column; with `-` in front, in descending order. */
  sort?: string;
  offset?: number;
  limit: number;
}

interface IJobListQuery extends IPageQuery {
  scope: Scope;
  search?: string;
  /** States, separated by commas, as are the values of the other filters. */
  state?: string;
  user?: string;
  partition?: string;
  account?: string;
  qos?: string;
  /** Whether to read Slurm now, because the user asked for it. */
  fresh?: boolean;
  /** The version of the page that is known; only the differences are sent then. */
  since?: string;
}

interface IHistoryQuery extends IPageQuery {
  scope: Scope;
  search: string;
  state: string;
  /** Seconds since the epoch. */
  start_time: number;
  end_time: number;
}

/** A page of the queue. */
export function listJobs(
  server: SlurmServer,
  cluster: string,
  query: IJobListQuery
): Promise<IDated<IJobList>> {
  return server.getDated(['clusters', cluster, 'jobs'], { ...query });
}

/** A page of the finished jobs. */
export function listHistory(
  server: SlurmServer,
  cluster: string,
  query: IHistoryQuery
): Promise<IDated<IHistoryList>> {
  return server.getDated(['clusters', cluster, 'history'], { ...query });
}

/** Jobs of the queue, or finished ones, that a query of the server's REST API matches. */
export async function findJobs(
  server: SlurmServer,
  cluster: string,
  list: 'jobs' | 'history',
  query: Record<string, string | number>
): Promise<IJobSummary[]> {
  const { jobs } = await server.get<{ jobs: IJobSummary[] | null }>(['clusters', cluster, list], {
    ...query
  });
  return jobs ?? [];
}

/** State changes of the user's jobs since a time, in seconds since the epoch. */
export function listTransitions(
  server: SlurmServer,
  cluster: string,
  since: number
): Promise<ITransitionList> {
  return server.get(['clusters', cluster, 'transitions'], { since });
}

/** Does something to jobs; one result for each job. */
export async function actOnJobs(
  server: SlurmServer,
  cluster: string,
  action: Action,
  ids: readonly string[],
  options: Record<string, unknown> = {}
): Promise<IActionResult[]> {
  const { results } = await server.send<{ results: IActionResult[] }>(
    'POST',
    ['clusters', cluster, 'jobs', 'actions'],
    { action, job_ids: ids, ...options }
  );
  return results;
}

/** One job of one cluster. */
export class JobApi {
  constructor(
    private readonly _server: SlurmServer,
    private readonly _cluster: string,
    private readonly _id: string
  ) {}

  read(): Promise<IJob> {
    return this._server.get<IJob>(this._path());
  }

  /** What was added to an output file since `offset`; the end of the file without an offset. */
  output(stream: Stream, offset: number | null): Promise<IOutputChunk> {
    return this._server.get<IOutputChunk>([...this._path(), 'output'], {
      stream,
      offset: offset ?? undefined
    });
  }

  /** Does something to the job; `id` is the id shown, which differs for the rest of an array. */
  async act(action: Action, id = this._id): Promise<IActionResult> {
    const [result] = await actOnJobs(this._server, this._cluster, action, [id]);
    return result;
  }

  /** Changes the job; resolves with the changed job. */
  change(changes: IJobUpdate, id = this._id): Promise<IJob> {
    return this._server.send<IJob>('PATCH', this._path(id), changes);
  }

  private _path(id = this._id): string[] {
    return ['clusters', this._cluster, 'jobs', id];
  }
}
