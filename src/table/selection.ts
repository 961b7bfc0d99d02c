import type { IJobSummary } from '../api/types';

/**
 * The selected jobs, and the job with the keyboard focus.
 *
 * It holds the jobs themselves, because a selected job may be on a page that is not loaded.
 */
export class JobSelection {
  /** The selected jobs. */
  get jobs(): IJobSummary[] {
    return [...this._jobs.values()];
  }

  get size(): number {
    return this._jobs.size;
  }

  /** The id of the job with the keyboard focus. */
  get cursor(): string | null {
    return this._cursor;
  }

  has(id: string): boolean {
    return this._jobs.has(id);
  }

  /** Select only `job`. */
  only(job: IJobSummary): void {
    this._jobs.clear();
    this._jobs.set(job.id, job);
    this._cursor = job.id;
    this._anchor = job.id;
  }

  /** Add `job` to the selection or remove it. */
  toggle(job: IJobSummary): void {
    if (!this._jobs.delete(job.id)) {
      this._jobs.set(job.id, job);
    }
    this._cursor = job.id;
    this._anchor = job.id;
  }

  /** Select the range from the anchor to `job`. */
  extend(job: IJobSummary, rows: readonly IJobSummary[]): void {
    const to = rows.findIndex(row => row.id === job.id);
    const anchored = rows.findIndex(row => row.id === this._anchor);
    const from = anchored < 0 ? to : anchored;
    this._jobs.clear();
    for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) {
      this._jobs.set(row.id, row);
    }
    this._cursor = job.id;
  }

  /** Select all of `rows`. */
  all(rows: readonly IJobSummary[]): void {
    this._jobs = new Map(rows.map(row => [row.id, row]));
    this._cursor ??= rows[0]?.id ?? null;
    this._anchor ??= this._cursor;
  }

  clear(): void {
    this._jobs.clear();
    this._cursor = null;
    this._anchor = null;
  }

  /** Update the selected jobs from `rows`; if the rows are complete, drop jobs that are gone. */
  update(rows: readonly IJobSummary[], complete: boolean): void {
    const found = new Set<string>();
    for (const row of rows) {
      found.add(row.id);
      if (this._jobs.has(row.id)) {
        this._jobs.set(row.id, row);
      }
    }
    if (complete) {
      for (const id of this._jobs.keys()) {
        if (!found.has(id)) {
          this._jobs.delete(id);
        }
      }
    }
  }

  private _anchor: string | null = null;
  private _cursor: string | null = null;
  private _jobs = new Map<string, IJobSummary>();
}
