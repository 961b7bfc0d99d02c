import type React from 'react';

/** A column of a table. */
export interface IColumn<T> {
  id: string;
  label: string;
  /** The sort key for a click on the heading; without it, the column is not sortable. */
  sort?: string;
  /** In pixels; the minimum for a column that grows. */
  width: number;
  grow?: boolean;
  numeric?: boolean;
  /** The content; text that does not fit is truncated, and shown in full as the title. */
  cell: (row: T) => React.ReactNode;
  /** Whether the content truncates itself. */
  truncates?: boolean;
}

/**
 * The columns that fit into `width` pixels.
 *
 * @param columns - the columns, the most important first
 * @param order - the ids in the order in which the columns are shown
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

/** The padding of a cell in pixels, as in style/table.css. */
const PADDING = 12;
/** An upper estimate of a letter's width in pixels. */
const LETTER = 9;

/**
 * Whether `text` may be too long for a cell of `width` pixels.
 *
 * Only such cells are truncated by CSS, because each of them makes rendering slower.
 */
export function mayOverflow(text: string, width: number): boolean {
  return text.length * LETTER > width - PADDING;
}

/** The CSS class that truncates `text`, with a leading space; empty if it fits. */
export function overflowClass(text: string, width: number): string {
  return mayOverflow(text, width) ? ' jp-mod-cut' : '';
}

/** The columns' widths as a CSS grid template. */
export function gridTemplate<T>(columns: readonly IColumn<T>[]): string {
  return columns.map(({ grow, width }) => (grow ? 'minmax(0, 1fr)' : `${width}px`)).join(' ');
}
