import { listHistory } from '../api/jobs';
import type { Poller } from '../api/poller';
import type { SlurmServer } from '../api/request';
import type { IHistoryList } from '../api/types';
import { type IListQuery, JobListModel } from '../table/job-list';

/** How jobs ended. */
export type Outcome = 'any' | 'good' | 'bad' | 'stopped';

/** The columns that finished jobs can be sorted by. */
type HistorySort =
  'job_id' | 'name' | 'user' | 'account' | 'partition' | 'state' | 'end_time' | 'elapsed' | 'cpus';

interface IHistoryListQuery extends IListQuery {
  search: string;
  outcome: Outcome;
  /** How far back, in days. */
  days: number;
  sort: HistorySort;
}

/** A cluster's finished jobs, from accounting. */
export type HistoryModel = JobListModel<IHistoryListQuery, IHistoryList>;

const DAY = 86_400;
const MINUTE = 60;

/** Seconds between two requests: finished jobs seldom change. */
const INTERVAL = 60;

const STATES: Record<Exclude<Outcome, 'any'>, readonly string[]> = {
  good: ['COMPLETED'],
  bad: ['FAILED', 'TIMEOUT', 'OUT_OF_MEMORY', 'NODE_FAIL', 'BOOT_FAIL', 'DEADLINE'],
  stopped: ['CANCELLED', 'PREEMPTED']
};

interface IHistoryOptions extends Poller.IModelOptions {
  server: SlurmServer;
}

export function createHistoryModel(options: IHistoryOptions): HistoryModel {
  const { server, ...pollerOptions } = options;
  let end = 0;
  return new JobListModel<IHistoryListQuery, IHistoryList>({
    interval: INTERVAL,
    ...pollerOptions,
    name: 'history',
    query: {
      scope: 'mine',
      search: '',
      outcome: 'any',
      days: 7,
      sort: 'end_time',
      descending: true
    },
    noFilter: { search: '', outcome: 'any' },
    keepSelection: false,
    load: (cluster, { days, outcome, scope, search }, { sort, offset, limit }, isFirst) => {
      if (isFirst) {
        // All pages that are read together end at the same time: they are parts of one list.
        end = (Math.floor(Date.now() / 1000 / MINUTE) + 1) * MINUTE;
      }
      const states = outcome === 'any' ? Object.values(STATES).flat() : STATES[outcome];
      return listHistory(server, cluster, {
        scope,
        search,
        state: states.join(','),
        start_time: end - days * DAY,
        end_time: end,
        sort,
        offset,
        limit
      });
    }
  });
}
