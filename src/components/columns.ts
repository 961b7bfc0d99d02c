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
  cell: (row: T) => React.ReactNode;
  /** What is shown of a cell that may be cut off; none: the cell says it itself. */
  title?: (row: T) => string;
}

/**
 * The columns that fit into `width` pixels.
 *
 * @param columns - In the order of their importance.
 * @param order - The ids in the order in which they are shown.
 */
export function fitting<T>(
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

/** The columns' widths, as the style sheet takes them. */
export function tracks<T>(columns: readonly IColumn<T>[]): string {
  return columns.map(({ grow, width }) => (grow ? 'minmax(0, 1fr)' : `${width}px`)).join(' ');
}
