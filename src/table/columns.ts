import type React from 'react';

import type { IChosenColumns } from './column-choice';

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
  /** The value as plain text, for exports; a column without any text is hidden. */
  text?: (row: T) => string;
  /** Whether the width follows the text. */
  fits?: boolean;
  /** Whether the content truncates itself. */
  truncates?: boolean;
}

/** The columns that fit into `width` pixels, the most important first. */
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
  return inOrder(kept, order);
}

/** The columns in the order of their ids; unknown ones come last. */
export function inOrder<T>(columns: readonly IColumn<T>[], order: readonly string[]): IColumn<T>[] {
  const place = ({ id }: IColumn<T>) => {
    const index = order.indexOf(id);
    return index < 0 ? order.length : index;
  };
  return [...columns].sort((a, b) => place(a) - place(b));
}

/**
 * The columns that the user chose, and as many of the others as fit into `width` pixels.
 *
 * @param columns - the columns, the most important first
 * @param widths - the widths by content; 0 for a column that is empty throughout
 */
export function chosenColumns<T>(
  columns: readonly IColumn<T>[],
  choice: IChosenColumns,
  widths: Readonly<Record<string, number>>,
  width: number
): IColumn<T>[] {
  const sized = columns.map(column => {
    const chosen = choice.widths[column.id];
    return chosen === undefined
      ? { ...column, width: widths[column.id] || column.width }
      : { ...column, width: chosen, grow: false };
  });
  const asked = (column: IColumn<T>) => choice.shown[column.id] === true;
  let left = sized.filter(asked).reduce((rest, column) => rest - column.width, width);
  let full = false;
  return sized.filter((column, index) => {
    if (asked(column)) {
      return true;
    }
    if (choice.shown[column.id] === false || widths[column.id] === 0) {
      return false;
    }
    left -= column.width;
    full ||= left < 0;
    return !full || index === 0;
  });
}

/** The padding of a cell in pixels, as in style/table.css. */
const PADDING = 12;
/** An upper estimate of a letter's width in pixels. */
const LETTER = 9;
/** Widths by content change in steps of pixels, and end here. */
const STEP = 8;
const WIDEST = 200;

/**
 * The widths of columns by what is in `rows`; 0 for a column without any text.
 *
 * Columns that neither fit their text nor are empty are not in it.
 */
export function contentWidths<T>(
  columns: readonly IColumn<T>[],
  rows: readonly T[]
): Record<string, number> {
  const widths: Record<string, number> = {};
  for (const { id, label, text, fits } of rows.length > 0 ? columns : []) {
    const longest = text
      ? rows.reduce((most, row) => Math.max(most, text(row).length), 0)
      : Infinity;
    if (longest === 0) {
      widths[id] = 0;
    } else if (fits) {
      const needed = LETTER * Math.max(longest, label.length) + PADDING;
      widths[id] = Math.min(WIDEST, Math.ceil(needed / STEP) * STEP);
    }
  }
  return widths;
}

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
  return columns
    .map(({ grow, width }) => (grow ? `minmax(${width}px, 1fr)` : `${width}px`))
    .join(' ');
}
