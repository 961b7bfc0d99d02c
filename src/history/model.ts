import type { PolledModel } from '../api/polled';
import type { Query, SlurmServer } from '../api/request';
import type { IHistoryList, IJobSummary, Scope } from '../api/types';
import { type IOrder, JobPagesModel } from '../table/job-list';

/** How jobs ended, as far as a person wants to tell it apart. */
export type Outcome = 'any' | 'good' | 'bad' | 'stopped';

/** What finished jobs can be sorted by. */
export type HistorySort =
  'job_id' | 'name' | 'user' | 'account' | 'partition' | 'state' | 'end_time' | 'elapsed' | 'cpus';

/** Which finished jobs, in which order. */
export interface IHistoryQuery extends IOrder {
  scope: Scope;
  search: string;
  outcome: Outcome;
  /** How far back, in days. */
  days: number;
  sort: HistorySort;
}

const DAY = 86_400;
const MINUTE = 60;

/** What is over changes seldom: seconds between two looks. */
const INTERVAL = 60;

const STATES: Record<Exclude<Outcome, 'any'>, readonly string[]> = {
  good: ['COMPLETED'],
  bad: ['FAILED', 'TIMEOUT', 'OUT_OF_MEMORY', 'NODE_FAIL', 'BOOT_FAIL', 'DEADLINE'],
  stopped: ['CANCELLED', 'PREEMPTED']
};

const DEFAULT: IHistoryQuery = {
  scope: 'mine',
  search: '',
  outcome: 'any',
  days: 7,
  sort: 'end_time',
  descending: true
};

/** Jobs that are over, as accounting knows them. */
export class HistoryModel extends JobPagesModel<IHistoryQuery, IHistoryList> {
  constructor(options: HistoryModel.IOptions) {
    super({
      interval: INTERVAL,
      ...options,
      name: 'history',
      resource: 'history',
      query: DEFAULT
    });
  }

  /** Whether a job of the time that is searched may be left out because of the query. */
  get filtered(): boolean {
    return this.query.search !== '' || this.query.outcome !== 'any';
  }

  /** Show every job of the time that is searched. */
  showAll(): void {
    this.setQuery({ search: '', outcome: 'any' });
  }

  protected override fetch(isCurrent: () => boolean, why: 'tick' | 'more'): Promise<void> {
    if (why === 'tick') {
      this._end = (Math.floor(Date.now() / 1000 / MINUTE) + 1) * MINUTE;
    }
    return super.fetch(isCurrent, why);
  }

  protected ask(): Query {
    const { scope, search, outcome, days } = this.query;
    const states = outcome === 'any' ? Object.values(STATES).flat() : STATES[outcome];
    return {
      scope,
      search,
      state: states.join(','),
      // The same end for each page of one look: they are parts of one list.
      start_time: this._end - days * DAY,
      end_time: this._end
    };
  }

  protected rowsOf(page: IHistoryList): IJobSummary[] {
    return page.jobs;
  }

  protected onPage(_page: IHistoryList, _rows: IJobSummary[], replaced: boolean): void {
    if (replaced) {
      this.selection.clear();
    }
  }

  private _end = 0;
}

export namespace HistoryModel {
  export interface IOptions extends Omit<PolledModel.IOptions, 'name'> {
    server: SlurmServer;
  }
}
