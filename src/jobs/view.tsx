import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJobSummary } from '../api/types';
import { FilterBox } from '../components/filter-box';
import { useModel, useWidth } from '../components/hooks';
import { ErrorPlaceholder, ListBanners, Loading, Placeholder } from '../components/notice';
import type { ColumnChoice } from '../table/column-choice';
import { JobTable } from '../table/job-table';
import { useJobLayout } from '../table/use-job-layout';
import { describeState } from '../words/job-state';
import { queueColumns } from './columns';
import { type QueueModel, slurmNow } from './model';
import { completeSearch } from './search';

interface IJobsViewProps {
  model: QueueModel;
  columns: ColumnChoice;
  trans: TranslationBundle;
  open: (jobs: IJobSummary[]) => void;
  cancel: () => void;
  submit: () => void;
  /** Whether the submit form is available. */
  canSubmit: () => boolean;
}

/** A list of jobs with filters. */
export function JobsView(props: IJobsViewProps): JSX.Element {
  const { model, trans } = props;
  const root = React.useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  useModel(model.poller);
  const known = model.poller.asOf !== null;
  const useful = known && (model.total > 0 || model.filtered);
  return (
    <div ref={root} className="jp-SlurmList">
      {known ? <ListBanners model={model} trans={trans} /> : null}
      {useful ? (
        <div className="jp-SlurmList-filters">
          <FilterBox
            value={model.query.search}
            label={trans.__('Filter jobs')}
            clearLabel={trans.__('Clear filter')}
            hint={trans.__('Words, or filters such as %1', 'state:pending partition:gpu user:bob')}
            complete={text => completeSearch(text, model.known)}
            onChange={search => model.setQuery({ search })}
          />
          <StateFilter
            counts={model.page?.counts ?? {}}
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

/** The resolution of displayed run times in seconds. */
const SHOWN_FOR = 5;

function JobsBody(props: IJobsViewProps & { width: number }): JSX.Element {
  const { model, trans, width, open } = props;
  const { poller, query } = model;
  const { scope } = query;
  // Rounded, so that known rows are not rendered again for every page that is loaded.
  const now = Math.floor(slurmNow(model) / SHOWN_FOR) * SHOWN_FOR;
  const layout = useJobLayout({
    model,
    columns: queueColumns,
    choice: props.columns,
    width,
    now,
    clockAhead: Math.round(poller.clockAhead),
    trans,
    open
  });
  if (poller.asOf === null) {
    return poller.error ? (
      <ErrorPlaceholder
        error={poller.error}
        trans={trans}
        retry={() => void poller.refresh('manual')}
      />
    ) : (
      <Loading label={trans.__('Loading the queue…')} />
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
      choice={props.columns}
      trans={trans}
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
        title={trans.__('No matching jobs.')}
        action={{ label: trans.__('Show all'), run: () => model.clearFilters() }}
      />
    );
  }
  return model.query.scope === 'mine' ? (
    <Placeholder
      title={trans.__('You have no jobs in the queue.')}
      action={canSubmit() ? { label: trans.__('Submit a job'), run: submit } : undefined}
    />
  ) : (
    <Placeholder title={trans.__('The queue is empty.')} />
  );
}

/** A toggle button for each state, with its number of jobs. */
function StateFilter(props: {
  counts: Readonly<Record<string, number>>;
  chosen: readonly string[];
  trans: TranslationBundle;
  onChange: (states: string[]) => void;
}): JSX.Element | null {
  const { counts, chosen, trans, onChange } = props;
  const states = [...new Set([...Object.keys(counts), ...chosen])].sort(
    (a, b) => rank(a) - rank(b) || a.localeCompare(b)
  );
  if (states.length === 0) {
    return null;
  }
  return (
    <div className="jp-SlurmStates" role="group" aria-label={trans.__('Filter by state')}>
      {states.map(state => {
        const pressed = chosen.includes(state);
        return (
          <button
            key={state}
            type="button"
            className="jp-SlurmStates-state"
            aria-pressed={pressed}
            onClick={() =>
              onChange(pressed ? chosen.filter(other => other !== state) : [...chosen, state])
            }
          >
            {describeState(state, [], trans).label}
            <span className="jp-SlurmStates-count">{(counts[state] ?? 0).toLocaleString()}</span>
          </button>
        );
      })}
    </div>
  );
}

const FIRST = ['RUNNING', 'PENDING', 'SUSPENDED', 'FAILED'];

function rank(state: string): number {
  const index = FIRST.indexOf(state);
  return index < 0 ? FIRST.length : index;
}
