import type React from 'react';

/** A column of a table. */
export interface IColumn<T> {
  id: string;
  label: string;
  /** What the list is sorted by when the heading is pressed; none: it cannot be. */
  sort?: string;
  /** Pixels; the least for a column that grows. */
  width: number;
  grow?: boolean;
  numeric?: boolean;
  /** What is shown; text that does not fit is cut off, and its title is the whole of it. */
  cell: (row: T) => React.ReactNode;
  /** Whether what is shown cuts itself off where it must. */
  truncates?: boolean;
}

/**
 * The columns that fit into `width` pixels.
 *
 * @param columns - In the order of their importance.
 * @param order - The ids in the order in which they are shown.
 */
export function visibleColumns<T>(
  columns: IColumn<T>[],
  order: readonly string[],
  width: number
): IColumn<T>[] {
  const kept: IColumn<T>[] = [];
  let left = width;
  for (const column of columns) {
    left -= column.width;
    if (left < 0) {
      break;
    }
    kept.push(column);
  }
  return kept.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
}

/** Pixels left and right of a cell's content; style/table.css says the same. */
const PADDING = 12;
/** Pixels of a letter, rather too many. */
const LETTER = 9;

/**
 * Whether `text` may be too long for a cell of `width` pixels.
 *
 * Only such a cell is told to cut off: for each that does, a browser has more to do in each frame.
 */
export function mayOverflow(text: string, width: number): boolean {
  return text.length * LETTER > width - PADDING;
}

/** What tells the style sheet to cut `text` off, after other classes; nothing if it fits. */
export function overflowClass(text: string, width: number): string {
  return mayOverflow(text, width) ? ' jp-mod-cut' : '';
}

/** The columns' widths, as the style sheet takes them. */
export function gridTemplate<T>(columns: readonly IColumn<T>[]): string {
  return columns.map(({ grow, width }) => (grow ? 'minmax(0, 1fr)' : `${width}px`)).join(' ');
}
