import { listJobs } from '../api/jobs';
import type { Poller } from '../api/poller';
import type { SlurmServer } from '../api/request';
import type { IJobList, Scope } from '../api/types';
import { type IListQuery, JobListModel } from '../table/job-list';
import { NEEDS_ME } from '../table/needs-me';
import { parseSearch } from './search';

/** The columns that the queue can be sorted by. */
type JobSort =
  | 'job_id'
  | 'name'
  | 'user'
  | 'account'
  | 'partition'
  | 'qos'
  | 'state'
  | 'submit_time'
  | 'elapsed'
  | 'cpus'
  | 'priority'
  | typeof NEEDS_ME;

interface IQueueQuery extends IListQuery {
  search: string;
  /** Base states; empty for all. */
  states: readonly string[];
  sort: JobSort;
}

/** A cluster's queue: the user's jobs, or everybody's. */
export type QueueModel = JobListModel<IQueueQuery, IJobList>;

interface IQueueOptions extends Poller.IModelOptions {
  server: SlurmServer;
  scope: Scope;
}

export function createQueueModel(options: IQueueOptions): QueueModel {
  const { server, scope, ...pollerOptions } = options;
  return new JobListModel<IQueueQuery, IJobList>({
    ...pollerOptions,
    name: `queue-${scope}`,
    query: { scope, search: '', states: [], sort: NEEDS_ME, descending: false },
    noFilter: { search: '', states: [] },
    keepSelection: true,
    load: (cluster, { search, states }, page) => {
      const { state, ...filters } = parseSearch(search);
      const wanted = [...states, ...(state ? [state] : [])];
      return listJobs(server, cluster, { scope, ...filters, state: wanted.join(','), ...page });
    }
  });
}

/** The time by Slurm's clock, as far as known: seconds since the epoch. */
export function slurmNow({ poller }: QueueModel): number {
  return Date.now() / 1000 + poller.clockAhead;
}
