import React from 'react';

import { type IColumn, mayNotFit } from './columns';

export interface ITableRowProps {
  id: string;
  index: number;
  /** Null while it is not known. */
  row: unknown;
  rowKey: string | null;
  columns: IColumn<unknown>[];
  /** Whether rows can be selected. */
  selectable: boolean;
  selected: boolean;
  atCursor: boolean;
}

const WAITING = <span className="jp-SlurmWaiting-line" />;

/** One row; while the list is scrolled, those that stay in sight are not drawn again. */
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
        const cut = text === undefined ? !column.fits : mayNotFit(text, column.width);
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

/** The index of the row that an event is about; null: none. */
export function rowOf(event: React.SyntheticEvent): number | null {
  const row = (event.target as Element).closest('tr');
  return row === null ? null : Number(row.getAttribute('aria-rowindex')) - 2;
}
