import type React from 'react';

import type { IJobPage, IOrder, JobPagesModel } from '../models/jobpages';

/** The queue, or the history. */
export type JobRows = JobPagesModel<IOrder, IJobPage>;

/** Move and select by keyboard, as in a file list; returns whether the key meant that. */
export function moveCursor(model: JobRows, event: React.KeyboardEvent, pageSize: number): boolean {
  const { cursor, total } = model;
  if (event.key === ' ') {
    const job = model.job(cursor);
    if (job) {
      model.select(selection => selection.toggle(job));
    }
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
