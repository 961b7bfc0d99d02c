import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import type { IJobSummary, Scope } from '../api/types';
import { FilterBox } from '../components/filter-box';
import { useModel, useNow, useWidth } from '../components/hooks';
import { ErrorPlaceholder, ListBanners, Loading, Placeholder } from '../components/notice';
import type { ColumnChoice } from '../table/column-choice';
import { JobTable } from '../table/job-table';
import { useJobLayout } from '../table/use-job-layout';
import { lacksAccounting } from '../words/errors';
import { historyColumns } from './columns';
import type { HistoryModel, Outcome } from './model';

interface IHistoryViewProps {
  model: HistoryModel;
  columns: ColumnChoice;
  trans: TranslationBundle;
  open: (jobs: IJobSummary[]) => void;
}

/** The finished jobs. */
export function HistoryView(props: IHistoryViewProps): JSX.Element {
  const { model, trans } = props;
  const root = React.useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  useModel(model.poller);
  const known = model.poller.asOf !== null;
  return (
    <div ref={root} className="jp-SlurmList jp-SlurmHistory">
      {known ? <ListBanners model={model} trans={trans} /> : null}
      {known ? <HistoryFilters model={model} trans={trans} /> : null}
      <HistoryBody {...props} width={width} />
    </div>
  );
}

function HistoryBody(props: IHistoryViewProps & { width: number }): JSX.Element {
  const { model, trans, width, open } = props;
  const now = useNow(30);
  const layout = useJobLayout({
    model,
    columns: historyColumns,
    choice: props.columns,
    width,
    now,
    trans,
    open
  });
  if (model.poller.asOf === null) {
    return <Unknown model={model} trans={trans} />;
  }
  if (model.total === 0) {
    return <NoJobs model={model} trans={trans} />;
  }
  return (
    <JobTable
      model={model}
      label={trans.__('Finished jobs')}
      layout={layout}
      choice={props.columns}
      trans={trans}
      // Users look for the latest or longest jobs first.
      greatestFirst={['end_time', 'elapsed', 'cpus']}
      open={open}
    />
  );
}

function Unknown(props: { model: HistoryModel; trans: TranslationBundle }): JSX.Element {
  const { model, trans } = props;
  const { error } = model.poller;
  if (error === null) {
    return <Loading label={trans.__('Loading the history…')} />;
  }
  return lacksAccounting(error) ? (
    <Placeholder
      title={trans.__('This cluster has no accounting.')}
      text={trans.__(
        'Without accounting (slurmdbd), Slurm keeps finished jobs only for a few minutes. Ask your administrator to set it up.'
      )}
    />
  ) : (
    <ErrorPlaceholder
      error={error}
      trans={trans}
      retry={() => void model.poller.refresh('manual')}
    />
  );
}

function NoJobs(props: { model: HistoryModel; trans: TranslationBundle }): JSX.Element {
  const { model, trans } = props;
  const { days, scope } = model.query;
  if (model.filtered) {
    return (
      <Placeholder
        title={trans.__('No matching finished jobs.')}
        action={{ label: trans.__('Show all'), run: () => model.clearFilters() }}
      />
    );
  }
  return (
    <Placeholder
      title={
        scope === 'mine'
          ? trans._n(
              'None of your jobs ended in the last day.',
              'None of your jobs ended in the last %1 days.',
              days
            )
          : trans._n('No jobs ended in the last day.', 'No jobs ended in the last %1 days.', days)
      }
      action={
        days < 90
          ? { label: trans.__('Show 90 days'), run: () => model.setQuery({ days: 90 }) }
          : undefined
      }
    />
  );
}

/** Filters by text, user, final state and time. */
function HistoryFilters(props: { model: HistoryModel; trans: TranslationBundle }): JSX.Element {
  const { model, trans } = props;
  const { days, outcome, scope, search } = model.query;
  return (
    <div className="jp-SlurmList-filters">
      <FilterBox
        value={search}
        label={trans.__('Filter finished jobs')}
        clearLabel={trans.__('Clear filter')}
        onChange={words => model.setQuery({ search: words })}
      />
      <div className="jp-SlurmHistory-choices">
        <HTMLSelect
          aria-label={trans.__('Users')}
          value={scope}
          options={[
            { value: 'mine', label: trans.__('My jobs') },
            { value: 'all', label: trans.__('All users') }
          ]}
          onChange={event => model.setQuery({ scope: event.target.value as Scope })}
        />
        <HTMLSelect
          aria-label={trans.__('Final state')}
          value={outcome}
          options={[
            { value: 'any', label: trans.__('All states') },
            { value: 'good', label: trans.__('Completed') },
            { value: 'bad', label: trans.__('Failed') },
            { value: 'stopped', label: trans.__('Canceled') }
          ]}
          onChange={event => model.setQuery({ outcome: event.target.value as Outcome })}
        />
        <HTMLSelect
          aria-label={trans.__('Time range')}
          value={String(days)}
          options={[1, 7, 30, 90].map(count => ({
            value: String(count),
            label: trans._n('%1 day', '%1 days', count)
          }))}
          onChange={event => model.setQuery({ days: Number(event.target.value) })}
        />
      </div>
    </div>
  );
}
