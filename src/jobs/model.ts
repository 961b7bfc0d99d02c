import type { PolledModel } from '../api/polled';
import type { Query, SlurmServer } from '../api/request';
import type { IJobList, IJobSummary, Scope } from '../api/types';
import { type IOrder, JobPagesModel } from '../table/job-list';
import { apply } from '../table/pages';

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
export interface IJobQuery extends IOrder {
  search: string;
  /** Base states; empty: all. */
  states: readonly string[];
  sort: JobSort;
}

/** A cluster's queue. */
export class QueueModel extends JobPagesModel<IJobQuery, IJobList> {
  constructor(options: QueueModel.IOptions) {
    super({
      ...options,
      name: `queue-${options.scope}`,
      resource: 'jobs',
      query: { search: '', states: [], sort: 'job_id', descending: true }
    });
    this.scope = options.scope;
  }

  readonly scope: Scope;

  get filtered(): boolean {
    return this.query.search !== '' || this.query.states.length > 0;
  }

  showAll(): void {
    this.setQuery({ search: '', states: [] });
  }

  /** Jobs by base state, whatever states are asked for. */
  get counts(): Readonly<Record<string, number>> {
    return this._counts;
  }

  /** The time by Slurm's clock as far as it is known, in seconds since the epoch. */
  get slurmNow(): number {
    return Date.now() / 1000 + this.clockAhead;
  }

  protected ask(version: string | undefined): Query {
    const { search, states } = this.query;
    return { scope: this.scope, search, state: states.join(','), since: version };
  }

  protected rowsOf(page: IJobList, known: readonly IJobSummary[] | null): IJobSummary[] {
    return page.delta && known ? apply(known, page.delta, page.jobs) : page.jobs;
  }

  protected onPage({ counts }: IJobList, rows: IJobSummary[]): void {
    this._counts = counts;
    const complete = this.pages.complete && !this.filtered;
    this.selection.update(complete ? this.pages.rows : rows, complete);
  }

  protected override forget(): void {
    super.forget();
    this._counts = {};
  }

  private _counts: Record<string, number> = {};
}

export namespace QueueModel {
  export interface IOptions extends Omit<PolledModel.IOptions, 'name'> {
    server: SlurmServer;
    scope: Scope;
  }
}
