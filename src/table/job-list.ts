import { PolledModel } from '../api/polled';
import type { Query, SlurmServer } from '../api/request';
import type { IJobSummary } from '../api/types';
import { PAGE_SIZE, Pages } from './pages';
import { JobSelection } from './selection';

/** In which order jobs are listed. */
export interface IOrder {
  sort: string;
  descending: boolean;
}

/** What the server says of one page of jobs. */
export interface IJobPage {
  jobs: IJobSummary[];
  /** Jobs of the whole list. */
  total: number;
  as_of: number;
  stale: boolean;
  note: string;
  /** Which version of the page it is; without it, no differences are asked for. */
  version?: string;
}

/**
 * A cluster's list of jobs, of which only the pages that are looked at are read.
 *
 * Filtering, sorting and paging happen on the server; a list of 100,000 jobs costs the
 * browser what a screenful costs.
 */
export abstract class JobPagesModel<Q extends IOrder, P extends IJobPage> extends PolledModel {
  constructor(options: JobPagesModel.IOptions<Q>) {
    super(options);
    this._query = options.query;
    this._resource = options.resource;
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
    this.pages.clear();
    this._note = '';
    this.selection.clear();
    this._range = [0, 0];
    this.forget();
    this.emitChanged();
    void this.refresh();
  }

  get query(): Readonly<Q> {
    return this._query;
  }

  /** Look for other jobs, or in another order. The old rows stay until the new ones come. */
  setQuery(change: Partial<Q>): void {
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
  abstract get filtered(): boolean;

  /** Leave out no jobs. */
  abstract showAll(): void;

  /** Jobs that match. */
  get total(): number {
    return this.pages.total;
  }

  /** What the list does not show, or why it is stale; empty when there is nothing to say. */
  get note(): string {
    return this._note;
  }

  /** The job at `index` of the list; null while it is not known. */
  job(index: number): IJobSummary | null {
    return this.pages.row(index);
  }

  /** Jobs that are known, in the order of the list. */
  get known(): IJobSummary[] {
    return this.pages.rows;
  }

  /** Where the keyboard is in the list; -1: nowhere that is known. */
  get cursor(): number {
    const { cursor } = this.selection;
    return cursor === null ? -1 : this.pages.indexOf(job => job.id === cursor);
  }

  /** Say which rows are in sight; unknown ones are read. */
  show(first: number, last: number): void {
    this._range = [first, last];
    const ready = this.asOf !== null && this.active && !this.loading && this.error === null;
    if (ready && this.pages.wanted(first, last).length > 0) {
      void this.look('more');
    }
  }

  /** Change the selection. */
  select(change: (selection: JobSelection) => void): void {
    change(this.selection);
    this.emitChanged();
  }

  /** Which jobs to ask for; `version` is that of the page as it is known, if it is. */
  protected abstract ask(version: string | undefined): Query;

  /** The jobs of a page that is read; `known` are those it was asked to differ from. */
  protected abstract rowsOf(page: P, known: readonly IJobSummary[] | null): IJobSummary[];

  /** Keep what else a page says; `replaced` when it begins the list of another query. */
  protected abstract onPage(page: P, rows: IJobSummary[], replaced: boolean): void;

  protected async fetch(isCurrent: () => boolean, why: 'tick' | 'more'): Promise<void> {
    const cluster = this._cluster;
    if (cluster === null) {
      return;
    }
    if (why === 'tick') {
      this.pages.age();
    }
    // The person may scroll on meanwhile: what is in sight is asked anew each time.
    let index: number | undefined;
    while (isCurrent() && (index = this.pages.wanted(...this._range)[0]) !== undefined) {
      await this._fetchPage(cluster, index, isCurrent);
    }
  }

  private async _fetchPage(
    cluster: string,
    index: number,
    isCurrent: () => boolean
  ): Promise<void> {
    const { sort, descending } = this._query;
    // Rows of another query are no ground for differences.
    const known = this._replace ? null : this.pages.known(index);
    const { body, asOf, serverAsOf } = await this._server.getDated<P>(
      ['clusters', cluster, this._resource],
      {
        ...this.ask(known?.version),
        sort: descending ? `-${sort}` : sort,
        offset: index * PAGE_SIZE,
        limit: PAGE_SIZE
      }
    );
    if (!isCurrent()) {
      return;
    }
    const replaced = this._replace;
    if (replaced) {
      this.pages.clear();
      this._replace = false;
    }
    const rows = this.rowsOf(body, known?.rows ?? null);
    this.pages.put(index, rows, body.total, body.version);
    this._note = body.note;
    this.onPage(body, rows, replaced);
    this.dated(asOf, body.stale, serverAsOf);
  }

  protected readonly pages = new Pages<IJobSummary>();
  private _cluster: string | null = null;
  private _note = '';
  private _query: Q;
  private _range: [number, number] = [0, 0];
  private _replace = false;
  private _resource: string;
  private _server: SlurmServer;
}

export namespace JobPagesModel {
  export interface IOptions<Q> extends PolledModel.IOptions {
    server: SlurmServer;
    /** The list's name in the server's API. */
    resource: string;
    /** The query to begin with. */
    query: Q;
  }
}
