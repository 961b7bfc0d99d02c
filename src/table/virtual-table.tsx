import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import React from 'react';

import { gridTemplate, type IColumn, mayOverflow } from './columns';

/** In pixels, as in style/table.css. */
const HEADING_HEIGHT = 24;

/** Makes the rows of a table selectable. */
interface ITableSelection<T> {
  has: (row: T) => boolean;
  /** The index of the row with the keyboard focus; -1 if there is none. */
  cursor: number;
  onPress: (row: T, event: React.MouseEvent) => void;
  onOpen: (row: T) => void;
  onContextMenu: (row: T) => void;
  onKeyDown: (event: React.KeyboardEvent, pageSize: number) => void;
}

interface IVirtualTableProps<T> extends ITableHeadingProps<T> {
  label: string;
  count: number;
  row: (index: number) => T | null;
  rowKey: (row: T) => string;
  /** A row is marked for a moment when this changes. */
  rowMark?: (row: T) => string;
  /** In pixels. */
  rowHeight: number;
  /** Called with the first and last row in view. */
  onRange?: (first: number, last: number) => void;
  selection?: ITableSelection<T>;
  /** The list scrolls to its top when this changes. */
  topKey?: string;
}

/**
 * An HTML table that renders only the rows in view.
 *
 * The style sheet lays out each row as a grid: a browser's table layout would look at every
 * cell whenever a row comes into view.
 */
export function VirtualTable<T>(props: IVirtualTableProps<T>): JSX.Element {
  const { columns, count, rowHeight, selection, onRange } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const idPrefix = React.useId();
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    // The heading covers the first row otherwise.
    scrollPaddingEnd: HEADING_HEIGHT
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
    // Only when the cursor moves: otherwise the user could not scroll away from it.
  }, [cursor, virtual]);

  // One listener for all rows, as they come and go while the user scrolls.
  const on = <E extends React.SyntheticEvent>(act?: (row: T, event: E) => void) =>
    act &&
    ((event: E) => {
      const index = rowIndexOf(event);
      const row = index === null ? null : props.row(index);
      if (row !== null) {
        act(row, event);
      }
    });
  const cursorInSight = items.some(item => item.index === cursor);
  const sizes = {
    '--jp-slurm-table-columns': gridTemplate(columns),
    '--jp-slurm-table-row': `${rowHeight}px`,
    // Columns that the user asked for scroll where they do not fit.
    minWidth: columns.reduce((sum, column) => sum + column.width, 0)
  } as React.CSSProperties;
  return (
    <div ref={scroller} className="jp-SlurmTable">
      <table
        className="jp-SlurmTable-table"
        style={sizes}
        role={selection ? 'grid' : 'table'}
        aria-label={props.label}
        aria-multiselectable={selection ? true : undefined}
        aria-rowcount={count + 1}
        aria-activedescendant={cursorInSight ? `${idPrefix}${cursor}` : undefined}
        tabIndex={0}
        onContextMenu={event => {
          // The keyboard sends it to the table: open the menu of the row at the cursor.
          if (event.target === event.currentTarget && cursorInSight) {
            event.preventDefault();
            event.stopPropagation();
            openRowMenu(document.getElementById(`${idPrefix}${cursor}`));
          }
        }}
        onKeyDown={event => {
          if (selection && event.target === event.currentTarget) {
            const height = scroller.current?.clientHeight ?? 0;
            selection.onKeyDown(
              event,
              Math.max(1, Math.floor((height - HEADING_HEIGHT) / rowHeight))
            );
          }
        }}
      >
        <TableHeading
          columns={columns as IColumn<never>[]}
          sortedBy={props.sortedBy}
          descending={props.descending}
          onSort={props.onSort}
          onColumnMenu={props.onColumnMenu}
          onResize={props.onResize}
        />
        <tbody
          role="rowgroup"
          style={{ height: virtual.getTotalSize(), paddingTop: items[0]?.start }}
          onClick={on(selection?.onPress)}
          onDoubleClick={on(selection?.onOpen)}
          onContextMenu={on(selection?.onContextMenu)}
        >
          {items.map(({ index }) => {
            const row = props.row(index);
            const key = row === null ? null : props.rowKey(row);
            return (
              <TableRow
                key={key ?? `#${index}`}
                id={`${idPrefix}${index}`}
                index={index}
                row={row}
                rowKey={key}
                mark={row === null ? null : (props.rowMark?.(row) ?? null)}
                columns={columns as IColumn<unknown>[]}
                selectable={selection !== undefined}
                selected={row !== null && selection?.has(row) === true}
                atCursor={index === cursor}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function openRowMenu(row: HTMLElement | null): void {
  const box = row?.getBoundingClientRect();
  row?.dispatchEvent(
    new MouseEvent('contextmenu', {
      bubbles: true,
      cancelable: true,
      clientX: (box?.left ?? 0) + 24,
      clientY: box?.bottom
    })
  );
}

interface ITableHeadingProps<T> {
  columns: IColumn<T>[];
  sortedBy: string;
  descending: boolean;
  onSort: (by: string) => void;
  /** Opens the menu of the columns at a heading. */
  onColumnMenu?: (id: string, x: number, y: number) => void;
  /** Called with the new width of a column in pixels. */
  onResize?: (id: string, width: number) => void;
}

/** The headings of the columns; a click sorts. */
const TableHeading = React.memo(function Heading(props: ITableHeadingProps<never>): JSX.Element {
  const direction = props.descending ? 'descending' : 'ascending';
  const Caret = (props.descending ? caretDownIcon : caretUpIcon).react;
  const { onColumnMenu, onResize } = props;
  return (
    <thead
      role="rowgroup"
      onContextMenu={event => {
        const heading = (event.target as Element).closest('th');
        if (heading?.dataset.column && onColumnMenu) {
          event.preventDefault();
          event.stopPropagation();
          // The keyboard's event has no place of its own in every browser.
          const { left, bottom } = heading.getBoundingClientRect();
          onColumnMenu(heading.dataset.column, event.clientX || left, event.clientY || bottom);
        }
      }}
    >
      <tr role="row" aria-rowindex={1}>
        {props.columns.map(({ id, label, sort, numeric }) => (
          <th
            key={id}
            role="columnheader"
            scope="col"
            data-column={id}
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
            {onResize ? (
              <span
                className="jp-SlurmTable-resize"
                aria-hidden="true"
                onPointerDown={event => followPointer(event, width => onResize(id, width))}
              />
            ) : null}
          </th>
        ))}
      </tr>
    </thead>
  );
});

/** Follows the pointer that drags the edge of a heading, until it is released. */
function followPointer(event: React.PointerEvent, onWidth: (width: number) => void): void {
  const edge = event.currentTarget as HTMLElement;
  const width = edge.parentElement?.offsetWidth ?? 0;
  const from = event.clientX;
  const onMove = ({ clientX }: PointerEvent) => onWidth(width + clientX - from);
  event.preventDefault();
  edge.setPointerCapture(event.pointerId);
  edge.addEventListener('pointermove', onMove);
  edge.addEventListener(
    'lostpointercapture',
    () => edge.removeEventListener('pointermove', onMove),
    { once: true }
  );
}

interface ITableRowProps {
  id: string;
  index: number;
  /** Null until it is loaded. */
  row: unknown;
  rowKey: string | null;
  /** The row is marked for a moment when this changes. */
  mark: string | null;
  columns: IColumn<unknown>[];
  /** Whether rows can be selected. */
  selectable: boolean;
  selected: boolean;
  atCursor: boolean;
}

const WAITING = <span className="jp-SlurmLoading-line" />;

/** One row; memoized, so that scrolling renders only rows that come into view. */
const TableRow = React.memo(function Row(props: ITableRowProps): JSX.Element {
  const { row, mark, selectable, selected, atCursor } = props;
  const [seen, setSeen] = React.useState({ mark, changes: 0 });
  if (mark !== seen.mark) {
    setSeen({ mark, changes: seen.changes + 1 });
  }
  // Two names for the same animation: it starts again with each change.
  const changed = seen.changes === 0 ? '' : ` jp-mod-changed${seen.changes % 2}`;
  const marks = `${selected ? ' jp-mod-selected' : ''}${atCursor ? ' jp-mod-cursor' : ''}${changed}`;
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
function rowIndexOf(event: React.SyntheticEvent): number | null {
  const row = (event.target as Element).closest('tr');
  return row === null ? null : Number(row.getAttribute('aria-rowindex')) - 2;
}
