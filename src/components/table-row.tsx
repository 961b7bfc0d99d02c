import React from 'react';

import type { IColumn } from './columns';

export interface ITableRowProps {
  id: string;
  index: number;
  /** Null while it is not known. */
  row: unknown;
  rowKey: string | null;
  /** Pixels. */
  height: number;
  columns: IColumn<unknown>[];
  /** Whether rows can be selected. */
  selectable: boolean;
  selected: boolean;
  atCursor: boolean;
}

/** One row; while the list is scrolled, those that stay in sight are not drawn again. */
export const TableRow = React.memo(function Row(props: ITableRowProps): JSX.Element {
  const { row, selectable, selected, atCursor, height } = props;
  const marks = `${selected ? ' jp-mod-selected' : ''}${atCursor ? ' jp-mod-cursor' : ''}`;
  const role = selectable ? 'gridcell' : 'cell';
  return (
    <tr
      id={props.id}
      role="row"
      className={`jp-SlurmTable-row${marks}`}
      style={{ height }}
      aria-rowindex={props.index + 2}
      aria-selected={selectable ? selected : undefined}
      data-row={props.rowKey ?? undefined}
    >
      {props.columns.map(({ id, numeric, cell, title }) => (
        <td
          key={id}
          role={role}
          className={numeric ? 'jp-mod-numeric' : undefined}
          title={row === null ? undefined : title?.(row)}
        >
          {row === null ? <span className="jp-SlurmWaiting-line" /> : cell(row)}
        </td>
      ))}
    </tr>
  );
});

/** The index of the row that an event is about; null: none. */
export function rowOf(event: React.SyntheticEvent): number | null {
  const row = (event.target as Element).closest('tr');
  return row === null ? null : Number(row.getAttribute('aria-rowindex')) - 2;
}
