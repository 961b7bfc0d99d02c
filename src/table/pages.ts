/** The number of rows in a request. */
export const PAGE_SIZE = 200;

/** The differences between the known rows of a page and its current rows. */
export interface IDelta {
  /** The ids of rows that were removed. */
  removed: readonly string[];
  /** The new index of each row that was sent, in ascending order. */
  at: readonly number[];
}

/** Applies a delta: removes outdated rows from `known` and inserts the rows that were sent. */
export function applyDelta<T extends { id: string }>(
  known: readonly T[],
  { removed, at }: IDelta,
  sent: readonly T[]
): T[] {
  const outdated = new Set([...removed, ...sent.map(row => row.id)]);
  const rows = known.filter(row => !outdated.has(row.id));
  at.forEach((index, position) => {
    rows.splice(index, 0, sent[position]);
  });
  return rows;
}

/** The number of pages that are kept; those farthest from the view are dropped first. */
const MAX_PAGES = 60;

/** A page that was read. */
export interface IKnownPage<T> {
  readonly rows: readonly T[];
  readonly version: string;
}

/**
 * A long list of which some pages are known.
 *
 * An expired page is shown until it is read again.
 */
export class Pages<T> {
  /** The number of rows in the whole list. */
  get total(): number {
    return this._total;
  }

  /** The known rows, in the order of the list. */
  get rows(): T[] {
    return [...this._pages.keys()]
      .sort((a, b) => a - b)
      .flatMap(page => this._pages.get(page)?.rows ?? []);
  }

  /** Whether every row is known. */
  get complete(): boolean {
    let known = 0;
    for (const page of this._pages.values()) {
      known += page.rows.length;
    }
    return known >= this._total;
  }

  /** The row at `index`; null if it is not known. */
  row(index: number): T | null {
    return this._pages.get(Math.floor(index / PAGE_SIZE))?.rows[index % PAGE_SIZE] ?? null;
  }

  /** The index of the first known row that `matches`; -1 if there is none. */
  indexOf(matches: (row: T) => boolean): number {
    for (const [page, { rows }] of this._pages) {
      const index = rows.findIndex(matches);
      if (index >= 0) {
        return page * PAGE_SIZE + index;
      }
    }
    return -1;
  }

  /** Mark every page as outdated. */
  expire(): void {
    this._generation += 1;
  }

  /** The pages with rows `first` to `last` that are unknown or outdated. */
  missing(first: number, last: number): number[] {
    // The list may have become shorter than what was in view.
    const end = Math.max(0, this._total - 1);
    const from = Math.floor(Math.min(first, end) / PAGE_SIZE);
    const to = Math.floor(Math.min(Math.max(first, last), end) / PAGE_SIZE);
    const pages = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    return pages.filter(page => this._pages.get(page)?.generation !== this._generation);
  }

  /** A page as it was last read; null if it is not known. */
  get(page: number): IKnownPage<T> | null {
    return this._pages.get(page) ?? null;
  }

  /** Keep a page that was read, and the length of the whole list. */
  set(page: number, rows: readonly T[], total: number, version = ''): void {
    this._total = total;
    this._pages.set(page, { rows, version, generation: this._generation });
    for (const known of [...this._pages.keys()]) {
      if (known * PAGE_SIZE >= total && known > 0) {
        this._pages.delete(known);
      }
    }
    const farthest = [...this._pages.keys()].sort(
      (a, b) => Math.abs(b - page) - Math.abs(a - page)
    );
    for (const known of farthest.slice(0, Math.max(0, farthest.length - MAX_PAGES))) {
      this._pages.delete(known);
    }
  }

  clear(): void {
    this._pages.clear();
    this._total = 0;
  }

  private _generation = 0;
  private readonly _pages = new Map<number, IKnownPage<T> & { generation: number }>();
  private _total = 0;
}
