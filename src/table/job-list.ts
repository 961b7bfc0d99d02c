import type { IPageQuery } from '../api/jobs';
import { type IAge, Poller } from '../api/poller';
import type { IDated } from '../api/request';
import type { IJobSummary, Scope } from '../api/types';
import { byNeed, NEEDS_ME } from './needs-me';
import { applyDelta, type IDelta, type IKnownPage, PAGE_SIZE, Pages } from './pages';
import { JobSelection } from './selection';

/** Which jobs to list, in which order. */
export interface IListQuery {
  scope: Scope;
  sort: string;
  descending: boolean;
}

/** The order in which the server lists jobs that the browser sorts, or that are too many for it. */
const NEWEST = { field: 'job_id', descending: true };

/** One page of a list of jobs, as the server sends it. */
interface IJobPage {
  /** The jobs of the page, or with `delta` those that changed. */
  jobs: IJobSummary[];
  /** The number of jobs in the whole list. */
  total: number;
  stale: boolean;
  note: string;
  /** The version of the page; without it, differences are not requested. */
  version?: string;
  delta?: IDelta | null;
}

/** What to read: a part of the list, and the version of it that is known. */
interface IPageRequest extends Required<IPageQuery> {
  since?: string;
  fresh?: boolean;
}

/** A page that was read, its place in the list, and what it was compared with. */
interface ILoadedPage<P> extends IDated<P> {
  index: number;
  known: IKnownPage<IJobSummary> | null;
}

/** Any list of jobs: the queue or the history, whatever its query has besides. */
export interface IJobListModel {
  readonly poller: Poller;
  readonly selection: JobSelection;
  readonly cluster: string | null;
  readonly query: Readonly<IListQuery>;
  readonly total: number;
  readonly known: IJobSummary[];
  readonly sortedBy: { field: string; descending: boolean } | null;
  readonly cursor: number;
  job(index: number): IJobSummary | null;
  setQuery(change: Partial<IListQuery>): void;
  resetSort(): void;
  setRange(first: number, last: number): void;
  select(change: (selection: JobSelection) => void): void;
}

/**
 * A list of a cluster's jobs, of which only the pages in view are read.
 *
 * The server filters, sorts and divides the list into pages, so that a list of 100,000
 * jobs costs the browser no more than what is shown of it.
 */
export class JobListModel<Q extends IListQuery, P extends IJobPage> implements IJobListModel {
  constructor(private readonly _options: JobListModel.IOptions<Q, P>) {
    this._query = _options.query;
    this.poller = new Poller({
      ..._options,
      load: reason => this._loadPage(reason !== 'more', reason === 'manual'),
      apply: loaded => this._applyPage(loaded),
      hasMore: () => this._missing() !== undefined
    });
  }

  readonly poller: Poller<ILoadedPage<P>>;
  readonly selection = new JobSelection();

  /** The cluster whose jobs are listed. */
  get cluster(): string | null {
    return this._cluster;
  }
  set cluster(cluster: string | null) {
    if (cluster === this._cluster) {
      return;
    }
    this._cluster = cluster;
    this._pages.clear();
    this._ordered = null;
    this._page = null;
    this.selection.clear();
    this._range = [0, 0];
    this.poller.reset();
    this.poller.emitChanged();
    void this.poller.refresh();
  }

  get query(): Readonly<Q> {
    return this._query;
  }

  /** List other jobs, or in another order. The old rows stay until the new ones arrive. */
  setQuery(change: Partial<Q>): void {
    const query = { ...this._query, ...change };
    if (JSON.stringify(query) === JSON.stringify(this._query)) {
      return;
    }
    this._query = query;
    this._replace = true;
    this._range = [0, 0];
    this.poller.emitChanged();
    void this.poller.refresh();
  }

  /** List the jobs in the order of the beginning. */
  resetSort(): void {
    const { sort, descending } = this._options.query;
    this.setQuery({ sort, descending } as Partial<Q>);
  }

  /** Whether the query's filters may hide jobs. */
  get filtered(): boolean {
    const { noFilter } = this._options;
    return Object.entries(noFilter).some(
      ([key, value]) => String(this._query[key as keyof Q]) !== String(value)
    );
  }

  /** Remove the filters. */
  clearFilters(): void {
    this.setQuery(this._options.noFilter);
  }

  /** The page that was read last; null before the first response. */
  get page(): P | null {
    return this._page;
  }

  /** The number of jobs that match. */
  get total(): number {
    return this._pages.total;
  }

  /** What the list leaves out, or why it is stale; empty if there is nothing to say. */
  get note(): string {
    return this._page?.note ?? '';
  }

  /** The job at `index` of the list; null if that page was not read. */
  job(index: number): IJobSummary | null {
    return this._ordered ? (this._ordered[index] ?? null) : this._pages.row(index);
  }

  /** The field that the list is sorted by; null if it is in the order of need. */
  get sortedBy(): { field: string; descending: boolean } | null {
    const { sort, descending } = this._query;
    if (sort !== NEEDS_ME) {
      return { field: sort, descending };
    }
    return this._ordered ? null : NEWEST;
  }

  /** The jobs that were read, in the order of the list. */
  get known(): IJobSummary[] {
    return this._ordered ?? this._pages.rows;
  }

  /** The index of the job with the keyboard focus; -1 if there is none. */
  get cursor(): number {
    const { cursor } = this.selection;
    const isCursor = (job: IJobSummary) => job.id === cursor;
    if (cursor === null) {
      return -1;
    }
    return this._ordered ? this._ordered.findIndex(isCursor) : this._pages.indexOf(isCursor);
  }

  /** Set which rows are in view; unknown ones are read. */
  setRange(first: number, last: number): void {
    this._range = [first, last];
    if (this.poller.asOf !== null && this._missing() !== undefined) {
      this.poller.loadMore();
    }
  }

  /** Change the selection. */
  select(change: (selection: JobSelection) => void): void {
    change(this.selection);
    this.poller.emitChanged();
  }

  dispose(): void {
    this.poller.dispose();
  }

  /** The first page in view that is unknown or outdated. */
  private _missing(): number | undefined {
    return this._pages.missing(...this._range)[0];
  }

  private async _loadPage(isFirst: boolean, fresh: boolean): Promise<ILoadedPage<P> | null> {
    if (isFirst) {
      this._pages.expire();
    }
    const index = this._missing();
    if (this._cluster === null || index === undefined) {
      return null;
    }
    const { sort, descending } =
      this._query.sort === NEEDS_ME ? { ...NEWEST, sort: NEWEST.field } : this._query;
    // Differences from rows of another query would make no sense.
    const known = this._replace ? null : this._pages.get(index);
    const page = {
      sort: descending ? `-${sort}` : sort,
      offset: index * PAGE_SIZE,
      limit: PAGE_SIZE,
      since: known?.version,
      ...(fresh ? { fresh } : {})
    };
    const response = await this._options.load(this._cluster, this._query, page, isFirst);
    return { ...response, index, known };
  }

  private _applyPage({ asOf, body, index, known, serverAsOf }: ILoadedPage<P>): IAge {
    if (this._replace) {
      this._pages.clear();
      this._replace = false;
      if (!this._options.keepSelection) {
        this.selection.clear();
      }
    }
    const { delta } = body;
    const rows = delta && known ? applyDelta(known.rows, delta, body.jobs) : body.jobs;
    this._pages.set(index, rows, body.total, body.version);
    this._page = body;
    // Longer lists come in pages, which only the server can sort.
    const sorts = this._query.sort === NEEDS_ME && body.total <= PAGE_SIZE;
    this._ordered = sorts ? byNeed(this._pages.rows) : null;
    const complete = this._pages.complete && !this.filtered;
    this.selection.update(complete ? this._pages.rows : rows, complete);
    return { asOf, serverAsOf, stale: body.stale };
  }

  private _cluster: string | null = null;
  /** The jobs in the order of need, where the browser sorts; else null. */
  private _ordered: IJobSummary[] | null = null;
  private _page: P | null = null;
  private readonly _pages = new Pages<IJobSummary>();
  private _query: Q;
  private _range: [number, number] = [0, 0];
  private _replace = false;
}

export namespace JobListModel {
  export interface IOptions<Q, P> extends Poller.IModelOptions {
    /** The poller's name. */
    name: string;
    /** The query to begin with. */
    query: Q;
    /** The part of a query that filters, with values that hide no jobs. */
    noFilter: Partial<Q>;
    /** Whether jobs stay selected when a filter hides them. */
    keepSelection: boolean;
    /** Reads a page; `isFirst` if everything in view is being read again, beginning with it. */
    load: (cluster: string, query: Q, page: IPageRequest, isFirst: boolean) => Promise<IDated<P>>;
  }
}
