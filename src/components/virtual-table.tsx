import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import React from 'react';

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
}

/** What a table needs to let rows be selected. */
export interface ITableSelection<T> {
  has: (row: T) => boolean;
  /** The index of the row that the keyboard is on; -1: none. */
  cursor: number;
  onPress: (row: T, event: React.MouseEvent) => void;
  onOpen: (row: T) => void;
  onContextMenu: (row: T) => void;
  onKeyDown: (event: React.KeyboardEvent, pageSize: number) => void;
}

export interface IVirtualTableProps<T> {
  label: string;
  columns: IColumn<T>[];
  count: number;
  row: (index: number) => T | null;
  rowKey: (row: T) => string;
  /** Pixels. */
  rowHeight: number;
  sortedBy: string;
  descending: boolean;
  onSort: (by: string) => void;
  /** The first and last row in sight. */
  onRange?: (first: number, last: number) => void;
  selection?: ITableSelection<T>;
  /** Changes when the list starts again from its top. */
  topKey?: string;
}

/** A real HTML table of which only the rows in sight exist. */
export function VirtualTable<T>(props: IVirtualTableProps<T>): JSX.Element {
  const { columns, count, rowHeight, selection, onRange } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const idPrefix = React.useId();
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    // The heading takes its height away from the rows.
    scrollPaddingEnd: HEADING
  });
  React.useLayoutEffect(() => virtual.measure(), [rowHeight, virtual]);
  React.useLayoutEffect(() => {
    scroller.current?.scrollTo?.({ top: 0 });
  }, [props.topKey]);

  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  React.useEffect(() => {
    onRange?.(first, last);
  });

  const cursor = selection?.cursor ?? -1;
  React.useEffect(() => {
    if (cursor >= 0) {
      virtual.scrollToIndex(cursor, { align: 'auto' });
    }
    // Only when the cursor moves: otherwise the list could not be scrolled away from it.
  }, [cursor, virtual]);

  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  const cursorInSight = items.some(item => item.index === cursor);
  return (
    <div ref={scroller} className="jp-SlurmTable">
      <table
        className="jp-SlurmTable-table"
        role={selection ? 'grid' : 'table'}
        aria-label={props.label}
        aria-multiselectable={selection ? true : undefined}
        aria-rowcount={count + 1}
        aria-activedescendant={cursorInSight ? `${idPrefix}${cursor}` : undefined}
        tabIndex={0}
        onKeyDown={event => {
          if (selection && event.target === event.currentTarget) {
            const height = scroller.current?.clientHeight ?? 0;
            selection.onKeyDown(event, Math.max(1, Math.floor((height - HEADING) / rowHeight)));
          }
        }}
      >
        <Heading {...props} />
        <tbody>
          <Spacer height={above} columns={columns.length} />
          {items.map(({ index }) => {
            const row = props.row(index);
            const key = row === null ? null : props.rowKey(row);
            return (
              <MemoRow
                key={key ?? `#${index}`}
                id={`${idPrefix}${index}`}
                index={index}
                row={row}
                rowKey={key}
                height={rowHeight}
                columns={columns as IColumn<unknown>[]}
                selection={selection as ITableSelection<unknown> | undefined}
                selected={row !== null && selection?.has(row) === true}
                atCursor={index === cursor}
              />
            );
          })}
          <Spacer height={below} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

interface IRowProps {
  id: string;
  index: number;
  row: unknown;
  rowKey: string | null;
  height: number;
  columns: IColumn<unknown>[];
  selection?: ITableSelection<unknown>;
  selected: boolean;
  atCursor: boolean;
}

/** One row; while the list is scrolled, those that stay in sight are not drawn again. */
const MemoRow = React.memo(function Row(props: IRowProps): JSX.Element {
  const { row, selection, selected, atCursor } = props;
  const marks = `${selected ? ' jp-mod-selected' : ''}${atCursor ? ' jp-mod-cursor' : ''}`;
  return (
    <tr
      id={props.id}
      className={`jp-SlurmTable-row${marks}`}
      style={{ height: props.height }}
      aria-rowindex={props.index + 2}
      aria-selected={selection ? selected : undefined}
      data-row={props.rowKey ?? undefined}
      onClick={event => row !== null && selection?.onPress(row, event)}
      onDoubleClick={() => row !== null && selection?.onOpen(row)}
      onContextMenu={() => row !== null && selection?.onContextMenu(row)}
    >
      {props.columns.map(({ id, numeric, cell }) => (
        <td key={id} className={numeric ? 'jp-mod-numeric' : undefined}>
          {row === null ? <span className="jp-SlurmWaiting-line" /> : cell(row)}
        </td>
      ))}
    </tr>
  );
});

/** Pixels; style/table.css says the same. */
const HEADING = 24;

function Heading<T>(props: IVirtualTableProps<T>): JSX.Element {
  const direction = props.descending ? 'descending' : 'ascending';
  const Caret = (props.descending ? caretDownIcon : caretUpIcon).react;
  return (
    <thead>
      <tr aria-rowindex={1}>
        {props.columns.map(({ id, label, sort, width, grow, numeric }) => (
          <th
            key={id}
            scope="col"
            className={numeric ? 'jp-mod-numeric' : undefined}
            style={{ width: grow ? undefined : width }}
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
}

/** Stands for the rows that do not exist. */
function Spacer(props: { height: number; columns: number }): JSX.Element | null {
  return props.height > 0 ? (
    <tr aria-hidden="true" className="jp-SlurmTable-spacer" style={{ height: props.height }}>
      <td colSpan={props.columns} />
    </tr>
  ) : null;
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
