/** Rows to a request. */
export const PAGE_SIZE = 200;

/** How to come from the rows that are known to the new ones. */
export interface IDifference {
  /** Ids that are no longer there. */
  removed: readonly string[];
  /** Where each of the rows sent stands now, ascending. */
  at: readonly number[];
}

/** The rows that `known` becomes: without what left or is sent, then what is sent in its place. */
export function apply<T extends { id: string }>(
  known: readonly T[],
  { removed, at }: IDifference,
  sent: readonly T[]
): T[] {
  const out = new Set([...removed, ...sent.map(row => row.id)]);
  const rows = known.filter(row => !out.has(row.id));
  at.forEach((index, position) => {
    rows.splice(index, 0, sent[position]);
  });
  return rows;
}

/** Pages that are kept; those farthest from what is looked at go first. */
const KEPT = 60;

/**
 * A long list of which some pages are known.
 *
 * A page that was read before the last look is old: it is shown until it is read anew.
 */
export class Pages<T> {
  /** Rows of the whole list. */
  get total(): number {
    return this._total;
  }

  /** Rows that are known, in their order. */
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

  /** The row at `index`, if it is known. */
  row(index: number): T | null {
    return this._pages.get(Math.floor(index / PAGE_SIZE))?.rows[index % PAGE_SIZE] ?? null;
  }

  /** The index of the first known row that `matches`; -1: none. */
  indexOf(matches: (row: T) => boolean): number {
    for (const [page, { rows }] of this._pages) {
      const index = rows.findIndex(matches);
      if (index >= 0) {
        return page * PAGE_SIZE + index;
      }
    }
    return -1;
  }

  /** A new look begins: every page is old. */
  age(): void {
    this._look += 1;
  }

  /** The pages that hold rows `first` to `last` and are unknown or old. */
  wanted(first: number, last: number): number[] {
    // The list may have shrunk below what was in sight.
    const end = Math.max(0, this._total - 1);
    const from = Math.floor(Math.min(first, end) / PAGE_SIZE);
    const to = Math.floor(Math.min(Math.max(first, last), end) / PAGE_SIZE);
    const pages = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    return pages.filter(page => this._pages.get(page)?.look !== this._look);
  }

  /** What is known of a page, and which version of it that is. */
  known(page: number): { rows: readonly T[]; version: string } | null {
    return this._pages.get(page) ?? null;
  }

  /** Keep a page that was read, and how long the whole list is now. */
  put(page: number, rows: readonly T[], total: number, version = ''): void {
    this._total = total;
    this._pages.set(page, { rows, look: this._look, version });
    for (const known of [...this._pages.keys()]) {
      if (known * PAGE_SIZE >= total && known > 0) {
        this._pages.delete(known);
      }
    }
    const farthest = [...this._pages.keys()].sort(
      (a, b) => Math.abs(b - page) - Math.abs(a - page)
    );
    for (const known of farthest.slice(0, Math.max(0, farthest.length - KEPT))) {
      this._pages.delete(known);
    }
  }

  clear(): void {
    this._pages.clear();
    this._total = 0;
  }

  private _look = 0;
  private _pages = new Map<number, { rows: readonly T[]; look: number; version: string }>();
  private _total = 0;
}
