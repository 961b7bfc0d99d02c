import type { SlurmServer } from '../api/request';
import type { IHistoryList, IJobSummary } from '../api/vocabulary';
import { Pages, PAGE_SIZE } from './pages';
import { PolledModel } from './polled';
import type { Scope } from './queue';
import { JobSelection } from './selection';

/** How jobs ended, as far as a person wants to tell it apart. */
export type Outcome = 'any' | 'good' | 'bad' | 'stopped';

/** What finished jobs can be sorted by. */
export type HistorySort =
  'job_id' | 'name' | 'user' | 'account' | 'partition' | 'state' | 'end_time' | 'elapsed' | 'cpus';

/** Which finished jobs, in which order. */
export interface IHistoryQuery {
  scope: Scope;
  search: string;
  outcome: Outcome;
  /** How far back, in days. */
  days: number;
  sort: HistorySort;
  descending: boolean;
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

/** Jobs that are over, as accounting knows them; only the pages that are looked at are read. */
export class HistoryModel extends PolledModel {
  constructor(options: HistoryModel.IOptions) {
    super({ interval: INTERVAL, ...options, name: 'history' });
    this._server = options.server;
  }

  readonly selection = new JobSelection();

  /** The cluster that is looked at. */
  get cluster(): string | null {
    return this._cluster;
  }
  set cluster(value: string | null) {
    if (value === this._cluster) {
      return;
    }
    this._cluster = value;
    this._pages.clear();
    this._note = '';
    this.selection.clear();
    this._range = [0, 0];
    this.forget();
    this.emitChanged();
    void this.refresh();
  }

  get query(): Readonly<IHistoryQuery> {
    return this._query;
  }

  /** Look for other jobs, or in another order. The old rows stay until the new ones come. */
  setQuery(change: Partial<IHistoryQuery>): void {
    const query = { ...this._query, ...change };
    if (JSON.stringify(query) === JSON.stringify(this._query)) {
      return;
    }
    this._query = query;
    this._replace = true;
    this._range = [0, 0];
    this.emitChanged();
    void this.refresh();
  }

  /** Whether a job of the time that is searched may be left out because of the query. */
  get filtered(): boolean {
    return this._query.search !== '' || this._query.outcome !== 'any';
  }

  /** Show every job of the time that is searched. */
  showAll(): void {
    this.setQuery({ search: '', outcome: 'any' });
  }

  /** Jobs that match. */
  get total(): number {
    return this._pages.total;
  }

  /** What the list does not show, or why it is stale; empty when there is nothing to say. */
  get note(): string {
    return this._note;
  }

  /** The job at `index` of the list; null while it is not known. */
  job(index: number): IJobSummary | null {
    return this._pages.row(index);
  }

  /** Jobs that are known, in the order of the list. */
  get known(): IJobSummary[] {
    return this._pages.rows;
  }

  /** Where the keyboard is in the list; -1: nowhere that is known. */
  get cursor(): number {
    const { cursor } = this.selection;
    return cursor === null ? -1 : this._pages.indexOf(job => job.id === cursor);
  }

  /** Say which rows are in sight; unknown ones are read. */
  show(first: number, last: number): void {
    this._range = [first, last];
    const ready = this.asOf !== null && this.active && !this.loading && this.error === null;
    if (ready && this._pages.wanted(first, last).length > 0) {
      void this.look('more');
    }
  }

  /** Change the selection. */
  select(change: (selection: JobSelection) => void): void {
    change(this.selection);
    this.emitChanged();
  }

  protected async fetch(isCurrent: () => boolean, why: 'tick' | 'more'): Promise<void> {
    const cluster = this._cluster;
    if (cluster === null) {
      return;
    }
    if (why === 'tick') {
      this._pages.age();
      this._end = (Math.floor(Date.now() / 1000 / MINUTE) + 1) * MINUTE;
    }
    // The person may scroll on meanwhile: what is in sight is asked anew each time.
    let page: number | undefined;
    while (isCurrent() && (page = this._pages.wanted(...this._range)[0]) !== undefined) {
      await this._fetchPage(cluster, page, isCurrent);
    }
  }

  private async _fetchPage(cluster: string, page: number, isCurrent: () => boolean): Promise<void> {
    const { scope, search, outcome, days, sort, descending } = this._query;
    const states = outcome === 'any' ? Object.values(STATES).flat() : STATES[outcome];
    const { body, asOf, serverAsOf } = await this._server.getDated<IHistoryList>(
      ['clusters', cluster, 'history'],
      {
        scope,
        search,
        state: states.join(','),
        // The same end for each page of one look: they are parts of one list.
        start_time: this._end - days * DAY,
        end_time: this._end,
        sort: descending ? `-${sort}` : sort,
        offset: page * PAGE_SIZE,
        limit: PAGE_SIZE
      }
    );
    if (!isCurrent()) {
      return;
    }
    if (this._replace) {
      this._pages.clear();
      this.selection.clear();
      this._replace = false;
    }
    this._pages.put(page, body.jobs, body.total);
    this._note = body.note;
    this.dated(asOf, body.stale, serverAsOf);
  }

  private _cluster: string | null = null;
  private _end = 0;
  private _note = '';
  private _pages = new Pages<IJobSummary>();
  private _query: IHistoryQuery = DEFAULT;
  private _range: [number, number] = [0, 0];
  private _replace = false;
  private _server: SlurmServer;
}

export namespace HistoryModel {
  export interface IOptions extends Omit<PolledModel.IOptions, 'name'> {
    server: SlurmServer;
  }
}
