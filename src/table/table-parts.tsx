import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { type IColumn, mayOverflow } from './columns';

/** In pixels, as in style/table.css. */
export const HEADING_HEIGHT = 24;

export interface ITableHeadingProps<T> {
  columns: IColumn<T>[];
  sortedBy: string;
  descending: boolean;
  onSort: (by: string) => void;
}

/** The headings of the columns; a click sorts. */
export const TableHeading = React.memo(function Heading(
  props: ITableHeadingProps<never>
): JSX.Element {
  const direction = props.descending ? 'descending' : 'ascending';
  const Caret = (props.descending ? caretDownIcon : caretUpIcon).react;
  return (
    <thead role="rowgroup">
      <tr role="row" aria-rowindex={1}>
        {props.columns.map(({ id, label, sort, numeric }) => (
          <th
            key={id}
            role="columnheader"
            scope="col"
            className={numeric ? 'jp-mod-numeric' : undefined}
            aria-sort={sort !== undefined && sort === props.sortedBy ? direction : undefined}
          >
            {sort === undefined ? (
              <span className="jp-SlurmTable-heading">{label}</span>
            ) : (
              <button
                type="button"
                className="jp-SlurmTable-heading"
                onClick={() => props.onSort(sort)}
              >
                {label}
                {sort === props.sortedBy ? <Caret tag="span" aria-hidden="true" /> : null}
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
});

interface ITableRowProps {
  id: string;
  index: number;
  /** Null until it is loaded. */
  row: unknown;
  rowKey: string | null;
  columns: IColumn<unknown>[];
  /** Whether rows can be selected. */
  selectable: boolean;
  selected: boolean;
  atCursor: boolean;
}

const WAITING = <span className="jp-SlurmLoading-line" />;

/** One row; memoized, so that scrolling renders only rows that come into view. */
export const TableRow = React.memo(function Row(props: ITableRowProps): JSX.Element {
  const { row, selectable, selected, atCursor } = props;
  const marks = `${selected ? ' jp-mod-selected' : ''}${atCursor ? ' jp-mod-cursor' : ''}`;
  const role = selectable ? 'gridcell' : 'cell';
  return (
    <tr
      id={props.id}
      role="row"
      className={`jp-SlurmTable-row${marks}`}
      aria-rowindex={props.index + 2}
      aria-selected={selectable ? selected : undefined}
      data-row={props.rowKey ?? undefined}
    >
      {props.columns.map(column => {
        const content = row === null ? WAITING : column.cell(row);
        const text = typeof content === 'string' ? content : undefined;
        const cut = text === undefined ? !column.truncates : mayOverflow(text, column.width);
        return (
          <td
            key={column.id}
            role={role}
            className={column.numeric ? 'jp-mod-numeric' : cut ? 'jp-mod-cut' : undefined}
            title={cut ? text : undefined}
          >
            {content}
          </td>
        );
      })}
    </tr>
  );
});

/** The index of the row of an event; null if it is not in a row. */
export function rowIndexOf(event: React.SyntheticEvent): number | null {
  const row = (event.target as Element).closest('tr');
  return row === null ? null : Number(row.getAttribute('aria-rowindex')) - 2;
}
