import React from 'react';

import type { IJobSummary } from '../api/vocabulary';
import type { IJobLayout } from './job-layout';
import { type JobRows, moveCursor } from './job-keys';
import { VirtualTable } from './virtual-table';

export interface IJobTableProps {
  model: JobRows;
  label: string;
  layout: IJobLayout;
  /** What is sorted from the greatest down when it is first sorted by. */
  greatestFirst?: readonly string[];
  open: (jobs: IJobSummary[]) => void;
  /** What the Delete key does. */
  remove?: () => void;
}

/** Jobs in a table, to be selected and opened by mouse and by keyboard. */
export function JobTable(props: IJobTableProps): JSX.Element {
  const { model, open, remove } = props;
  const { sort, descending } = model.query;
  return (
    <VirtualTable
      label={props.label}
      columns={props.layout.columns}
      rowHeight={props.layout.rowHeight}
      count={model.total}
      row={index => model.job(index)}
      rowKey={job => job.id}
      sortedBy={sort}
      descending={descending}
      topKey={JSON.stringify([model.cluster, model.query])}
      onSort={by =>
        model.setQuery({
          sort: by,
          descending: by === sort ? !descending : props.greatestFirst?.includes(by) === true
        })
      }
      onRange={(first, last) => model.show(first, last)}
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
