import type { SlurmServer } from '../api/request';
import type { IJobList, IJobSummary } from '../api/vocabulary';
import { apply, Pages, PAGE_SIZE } from './pages';
import { PolledModel } from './polled';
import { JobSelection } from './selection';

/** Whose jobs: the person's own, or everybody's. */
export type Scope = 'mine' | 'all';

/** What a list of jobs can be sorted by. */
export type JobSort =
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
  | 'priority';

/** Which jobs, in which order. */
export interface IJobQuery {
  search: string;
  /** Base states; empty: all. */
  states: readonly string[];
  sort: JobSort;
  descending: boolean;
}

/**
 * A cluster's queue, of which only the pages that are looked at are read.
 *
 * Filtering, sorting and paging happen on the server; a queue of 100,000 jobs costs the
 * browser what a screenful costs.
 */
export class QueueModel extends PolledModel {
  constructor(options: QueueModel.IOptions) {
    super({ ...options, name: `queue-${options.scope}` });
    this.scope = options.scope;
    this._server = options.server;
  }

  readonly scope: Scope;

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
    this._counts = {};
    this._note = '';
    this.selection.clear();
    this._range = [0, 0];
    this.forget();
    this.emitChanged();
    void this.refresh();
  }

  get query(): Readonly<IJobQuery> {
    return this._query;
  }

  /** Look for other jobs, or in another order. The old rows stay until the new ones come. */
  setQuery(change: Partial<IJobQuery>): void {
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

  /** Whether some jobs are left out because of the query. */
  get filtered(): boolean {
    return this._query.search !== '' || this._query.states.length > 0;
  }

  /** Jobs that match. */
  get total(): number {
    return this._pages.total;
  }

  /** Jobs by base state, whatever states are asked for. */
  get counts(): Readonly<Record<string, number>> {
    return this._counts;
  }

  /** What the list does not show, or why it is stale; empty when there is nothing to say. */
  get note(): string {
    return this._note;
  }

  /** The time by Slurm's clock as far as it is known, in seconds since the epoch. */
  get slurmNow(): number {
    return Date.now() / 1000 + this.clockAhead;
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
    }
    // The person may scroll on meanwhile: what is in sight is asked anew each time.
    let page: number | undefined;
    while (isCurrent() && (page = this._pages.wanted(...this._range)[0]) !== undefined) {
      await this._fetchPage(cluster, page, isCurrent);
    }
  }

  private async _fetchPage(cluster: string, page: number, isCurrent: () => boolean): Promise<void> {
    const { search, states, sort, descending } = this._query;
    // Rows of another query are no ground for differences.
    const known = this._replace ? null : this._pages.known(page);
    const { body, asOf, serverAsOf } = await this._server.getDated<IJobList>(
      ['clusters', cluster, 'jobs'],
      {
        scope: this.scope,
        search,
        state: states.join(','),
        sort: descending ? `-${sort}` : sort,
        offset: page * PAGE_SIZE,
        limit: PAGE_SIZE,
        since: known?.version
      }
    );
    if (!isCurrent()) {
      return;
    }
    if (this._replace) {
      this._pages.clear();
      this._replace = false;
    }
    const rows = body.delta && known ? apply(known.rows, body.delta, body.jobs) : body.jobs;
    this._pages.put(page, rows, body.total, body.version);
    this._counts = body.counts;
    this._note = body.note;
    const complete = this._pages.complete && !this.filtered;
    this.selection.update(complete ? this._pages.rows : rows, complete);
    this.dated(asOf, body.stale, serverAsOf);
  }

  private _cluster: string | null = null;
  private _counts: Record<string, number> = {};
  private _note = '';
  private _pages = new Pages<IJobSummary>();
  private _query: IJobQuery = { search: '', states: [], sort: 'job_id', descending: true };
  private _range: [number, number] = [0, 0];
  private _replace = false;
  private _server: SlurmServer;
}

export namespace QueueModel {
  export interface IOptions extends Omit<PolledModel.IOptions, 'name'> {
    server: SlurmServer;
    scope: Scope;
  }
}
