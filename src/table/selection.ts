import type { IJobSummary } from '../api/types';

/**
 * The jobs that are selected, by id, and where the keyboard is.
 *
 * It holds the jobs themselves: one may be selected and far out of sight.
 */
export class JobSelection {
  /** The selected jobs. */
  get jobs(): IJobSummary[] {
    return [...this._jobs.values()];
  }

  get size(): number {
    return this._jobs.size;
  }

  /** The id of the job that arrow keys start from. */
  get cursor(): string | null {
    return this._cursor;
  }

  has(id: string): boolean {
    return this._jobs.has(id);
  }

  /** Select `job` and nothing else. */
  only(job: IJobSummary): void {
    this._jobs.clear();
    this._jobs.set(job.id, job);
    this._cursor = job.id;
    this._anchor = job.id;
  }

  /** Select `job` as well, or no longer. */
  toggle(job: IJobSummary): void {
    if (!this._jobs.delete(job.id)) {
      this._jobs.set(job.id, job);
    }
    this._cursor = job.id;
    this._anchor = job.id;
  }

  /** Select everything from where the last selection began up to `job`. */
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

  clear(): void {
    this._jobs.clear();
    this._cursor = null;
    this._anchor = null;
  }

  /** Take newer states of selected jobs; with `complete`, drop those no longer there. */
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
