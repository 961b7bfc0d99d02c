import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IColumn } from './columns';

/** Pixels; style/table.css says the same. */
export const HEADING = 24;

export interface ITableHeadingProps<T> {
  columns: IColumn<T>[];
  sortedBy: string;
  descending: boolean;
  onSort: (by: string) => void;
}

/** The names of the columns; pressed, they sort. */
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
