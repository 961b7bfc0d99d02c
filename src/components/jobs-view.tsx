import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJobSummary } from '../api/vocabulary';
import type { JobSort, QueueModel } from '../models/queue';
import { FilterBox } from './filter-box';
import { jobLayout } from './job-columns';
import { moveCursor } from './job-keys';
import { ListBanners } from './list-banners';
import { Failure, Placeholder, Waiting } from './notice';
import { StateFilter } from './state-filter';
import { useModel, useWidth } from './use-model';
import { VirtualTable } from './virtual-table';

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

function JobsBody(props: IJobsViewProps & { width: number }): JSX.Element {
  const { model, trans, width } = props;
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
  const open = (job: IJobSummary) => props.open([job]);
  const { columns, rowHeight } = jobLayout({
    width,
    scope: model.scope,
    trans,
    now: model.slurmNow,
    open
  });
  const { sort, descending, search, states } = model.query;
  return (
    <VirtualTable
      label={model.scope === 'mine' ? trans.__('My jobs') : trans.__('All jobs')}
      columns={columns}
      rowHeight={rowHeight}
      count={model.total}
      row={index => model.job(index)}
      rowKey={job => job.id}
      sortedBy={sort}
      descending={descending}
      topKey={[model.cluster, sort, descending, search, ...states].join('\n')}
      onSort={by =>
        model.setQuery({ sort: by as JobSort, descending: by === sort ? !descending : false })
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
        onOpen: open,
        onContextMenu: job => {
          if (!model.selection.has(job.id)) {
            model.select(selection => selection.only(job));
          }
        },
        onKeyDown: (event, pageSize) => {
          if (event.key === 'Enter') {
            props.open(model.selection.jobs);
          } else if (event.key === 'Delete') {
            props.cancel();
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

function NoJobs(props: IJobsViewProps): JSX.Element {
  const { model, trans, submit, canSubmit } = props;
  if (model.filtered) {
    return (
      <Placeholder
        title={trans.__('No job matches.')}
        action={{
          label: trans.__('Show all'),
          run: () => model.setQuery({ search: '', states: [] })
        }}
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
