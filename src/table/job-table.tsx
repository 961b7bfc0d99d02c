import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJobSummary } from '../api/types';
import type { ColumnChoice } from './column-choice';
import { openColumnMenu } from './column-menu';
import { download, toCsv } from './csv';
import type { IJobLayout } from './job-columns';
import type { IJobListModel } from './job-list';
import { VirtualTable } from './virtual-table';

interface IJobTableProps {
  model: IJobListModel;
  label: string;
  layout: IJobLayout;
  choice: ColumnChoice;
  trans: TranslationBundle;
  /** Columns that are sorted in descending order at first. */
  greatestFirst?: readonly string[];
  open: (jobs: IJobSummary[]) => void;
  /** Called for the Delete key. */
  remove?: () => void;
}

/** A table of jobs that can be selected and opened by mouse and keyboard. */
export function JobTable(props: IJobTableProps): JSX.Element {
  const { model, open, remove, choice, trans } = props;
  const { columns, choices, exported } = props.layout;
  const { sortedBy } = model;
  const onColumnMenu = React.useCallback(
    (at: string, x: number, y: number) =>
      void openColumnMenu({
        choice,
        all: choices,
        shown: columns,
        at,
        x,
        y,
        trans,
        exported: {
          count: model.known.length,
          run: () => download('jobs.csv', 'text/csv;charset=utf-8', toCsv(exported, model.known))
        }
      }),
    [choice, choices, columns, exported, model, trans]
  );
  const onResize = React.useCallback(
    (id: string, width: number) => choice.resize(id, width),
    [choice]
  );
  const choosable = choices.length > 0;
  return (
    <VirtualTable
      label={props.label}
      columns={columns}
      onColumnMenu={onColumnMenu}
      onResize={choosable ? onResize : undefined}
      rowHeight={props.layout.rowHeight}
      count={model.total}
      row={index => model.job(index)}
      rowKey={job => job.id}
      rowMark={stateOf}
      sortedBy={sortedBy?.field ?? ''}
      descending={sortedBy?.descending === true}
      topKey={JSON.stringify([model.cluster, model.query])}
      onSort={by => sortBy(model, by, props.greatestFirst?.includes(by) === true)}
      onRange={(first, last) => model.setRange(first, last)}
      selection={{
        has: job => model.selection.has(job.id),
        cursor: model.cursor,
        onPress: (job, event) =>
          model.select(selection => {
            if (event.shiftKey) {
              selection.extend(job, model.known);
            } else if (event.ctrlKey || event.metaKey) {
              selection.toggle(job);
            } else {
              selection.only(job);
            }
          }),
        onOpen: job => open([job]),
        onContextMenu: job => {
          if (!model.selection.has(job.id)) {
            model.select(selection => selection.only(job));
          }
        },
        onKeyDown: (event, pageSize) => {
          if (event.key === 'Enter') {
            open(model.selection.jobs);
          } else if (event.key === 'Delete' && remove) {
            remove();
          } else if (!moveCursor(model, event, pageSize)) {
            return;
          }
          event.preventDefault();
          event.stopPropagation();
        }
      }}
    />
  );
}

/** Sorts by a field, with the next click in the other direction, and then as at the beginning. */
function sortBy(model: IJobListModel, by: string, greatestFirst: boolean): void {
  const { sort, descending } = model.query;
  if (by !== sort) {
    model.setQuery({ sort: by, descending: greatestFirst });
  } else if (descending === greatestFirst) {
    model.setQuery({ descending: !descending });
  } else {
    model.resetSort();
  }
}

/** A change of it is shown for a moment. */
function stateOf(job: IJobSummary): string {
  return [job.state, ...job.flags].join();
}

/** Moves and selects by keyboard, as in a file list; returns whether the key was handled. */
function moveCursor(model: IJobListModel, event: React.KeyboardEvent, pageSize: number): boolean {
  const { cursor, total } = model;
  if (event.key === ' ') {
    const job = model.job(cursor);
    if (job) {
      model.select(selection => selection.toggle(job));
    }
    return true;
  }
  if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) {
    model.select(selection => selection.all(model.known));
    return true;
  }
  if (event.key === 'Escape' && model.selection.size > 0) {
    model.select(selection => selection.clear());
    return true;
  }
  const target = targetOf(event.key, cursor, total, pageSize);
  if (target === null) {
    return false;
  }
  const job = model.job(Math.min(Math.max(target, 0), total - 1));
  if (job) {
    model.select(selection =>
      event.shiftKey ? selection.extend(job, model.known) : selection.only(job)
    );
  }
  return true;
}

function targetOf(key: string, cursor: number, total: number, pageSize: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return cursor + 1;
    case 'ArrowUp':
      return cursor < 0 ? total - 1 : cursor - 1;
    case 'PageDown':
      return cursor + pageSize;
    case 'PageUp':
      return cursor - pageSize;
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return null;
  }
}
