import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJobSummary } from '../api/types';
import { useModel } from '../components/hooks';
import type { ColumnChoice } from './column-choice';
import { contentWidths } from './columns';
import { type IJobColumnSet, type IJobLayout, layOutJobs } from './job-columns';
import type { IJobListModel } from './job-list';

/** The most rows whose text decides about the widths. */
const MEASURED = 400;

/**
 * The layout of a job list: what the user chose, and widths by what is listed.
 *
 * It stays the same object while nothing of it changes, so that known rows are not rendered again.
 */
export function useJobLayout(options: {
  model: IJobListModel;
  columns: IJobColumnSet;
  choice: ColumnChoice;
  width: number;
  now: number;
  /** Whole seconds by which Slurm's clock is ahead of the browser's. */
  clockAhead?: number;
  trans: TranslationBundle;
  open: (jobs: IJobSummary[]) => void;
}): IJobLayout {
  const { model, columns, choice, width, now, clockAhead, trans, open } = options;
  useModel(choice);
  const { scope } = model.query;
  const { value } = choice;
  const shared = React.useMemo(
    () => ({ width, scope, trans, now, clockAhead, open: (job: IJobSummary) => open([job]) }),
    [width, scope, trans, now, clockAhead, open]
  );
  const all = React.useMemo(() => columns.wide(shared), [columns, shared]);
  const widths = JSON.stringify(contentWidths(all, model.known.slice(0, MEASURED)));
  return React.useMemo(
    () => layOutJobs(columns, shared, value, JSON.parse(widths)),
    [columns, shared, value, widths]
  );
}
