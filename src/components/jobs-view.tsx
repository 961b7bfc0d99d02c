import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJobSummary } from '../api/vocabulary';
import type { QueueModel } from '../models/queue';
import { FilterBox } from './filter-box';
import { jobLayout } from './job-columns';
import { JobTable } from './job-table';
import { ListBanners } from './list-banners';
import { Failure, Placeholder, Waiting } from './notice';
import { StateFilter } from './state-filter';
import { useModel, useWidth } from './use-model';

export interface IJobsViewProps {
  model: QueueModel;
  trans: TranslationBundle;
  open: (jobs: IJobSummary[]) => void;
  cancel: () => void;
  submit: () => void;
  /** Whether jobs can be submitted at all; known only when it is asked. */
  canSubmit: () => boolean;
}

/** A list of jobs with what it takes to find one. */
export function JobsView(props: IJobsViewProps): JSX.Element {
  const { model, trans } = props;
  const root = React.useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  useModel(model);
  const known = model.asOf !== null;
  const useful = known && (model.total > 0 || model.filtered);
  return (
    <div ref={root} className="jp-SlurmList">
      {known ? <ListBanners model={model} trans={trans} /> : null}
      {useful ? (
        <div className="jp-SlurmList-filters">
          <FilterBox
            value={model.query.search}
            label={trans.__('Filter jobs')}
            clearLabel={trans.__('Clear the filter')}
            onChange={search => model.setQuery({ search })}
          />
          <StateFilter
            counts={model.counts}
            chosen={model.query.states}
            trans={trans}
            onChange={states => model.setQuery({ states })}
          />
        </div>
      ) : null}
      <JobsBody {...props} width={width} />
    </div>
  );
}

/** Seconds for which a time that runs on is shown as it is. */
const SHOWN_FOR = 5;

function JobsBody(props: IJobsViewProps & { width: number }): JSX.Element {
  const { model, trans, width, open } = props;
  const { scope } = model;
  // Not every page that arrives is a reason to draw the rows that are there already.
  const now = Math.floor(model.slurmNow / SHOWN_FOR) * SHOWN_FOR;
  const layout = React.useMemo(
    () => jobLayout({ width, scope, trans, now, open: job => open([job]) }),
    [width, scope, trans, now, open]
  );
  if (model.asOf === null) {
    return model.error ? (
      <Failure error={model.error} trans={trans} retry={() => void model.refresh()} />
    ) : (
      <Waiting label={trans.__('Reading the queue…')} />
    );
  }
  if (model.total === 0) {
    return <NoJobs {...props} />;
  }
  return (
    <JobTable
      model={model}
      label={scope === 'mine' ? trans.__('My jobs') : trans.__('All jobs')}
      layout={layout}
      open={open}
      remove={props.cancel}
    />
  );
}

function NoJobs(props: IJobsViewProps): JSX.Element {
  const { model, trans, submit, canSubmit } = props;
  if (model.filtered) {
    return (
      <Placeholder
        title={trans.__('No job matches.')}
        action={{ label: trans.__('Show all'), run: () => model.showAll() }}
      />
    );
  }
  return model.scope === 'mine' ? (
    <Placeholder
      title={trans.__('You have no jobs in the queue.')}
      action={canSubmit() ? { label: trans.__('Submit a job'), run: submit } : undefined}
    />
  ) : (
    <Placeholder title={trans.__('The queue is empty.')} />
  );
}
