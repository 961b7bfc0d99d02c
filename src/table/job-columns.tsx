import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJobSummary, Scope } from '../api/types';
import { StateBadge } from '../components/state-badge';
import { formatDuration, formatMinutes, formatMoment, formatTime, isoTime } from '../words/format';
import type { IChosenColumns } from './column-choice';
import { chosenColumns, type IColumn, inOrder, overflowClass } from './columns';

/** Below this width in pixels, a job takes two lines. */
const COMPACT = 440;
/** The minimum width of a job's name in pixels. */
const NAME = 90;
/** The width of a job's run time, or its reason for waiting, in pixels. */
export const PROGRESS = 158;

export type JobColumn = IColumn<IJobSummary>;

/** What the columns of a job list depend on. */
export interface IJobLayoutOptions {
  width: number;
  scope: Scope;
  trans: TranslationBundle;
  /** Seconds since the epoch, by Slurm's clock. */
  now: number;
  /** Whole seconds by which Slurm's clock is ahead of the browser's. */
  clockAhead?: number;
  open: (job: IJobSummary) => void;
}

/** The layout of a job list for a width. */
export interface IJobLayout {
  columns: JobColumn[];
  rowHeight: number;
  /** The columns to choose from, in their order; empty where a job takes two lines. */
  choices: JobColumn[];
  /** The columns of an export, whatever is shown. */
  exported: JobColumn[];
}

/** The columns of a job list: for two lines in a narrow panel, and those of a wide one. */
export interface IJobColumnSet {
  compact: (options: IJobLayoutOptions) => JobColumn[];
  /** The most important first. */
  wide: (options: IJobLayoutOptions) => JobColumn[];
  /** The ids from left to right. */
  order: readonly string[];
}

/**
 * Chooses two lines for each job in a narrow panel, or as many columns as fit in a wide one.
 *
 * @param widths - the widths by content; 0 for a column that is empty throughout
 */
export function layOutJobs(
  columns: IJobColumnSet,
  options: IJobLayoutOptions,
  choice: IChosenColumns,
  widths: Readonly<Record<string, number>>
): IJobLayout {
  const all = columns.wide(options);
  const order = choice.order.length > 0 ? choice.order : columns.order;
  const exported = inOrder(all, order);
  if (options.width < COMPACT) {
    return { columns: columns.compact(options), rowHeight: 42, choices: [], exported };
  }
  return {
    columns: inOrder(chosenColumns(all, choice, widths, options.width), order),
    rowHeight: 26,
    choices: exported,
    exported
  };
}

/** The columns that all job lists share. */
interface IJobColumns extends Record<
  'name' | 'state' | 'id' | 'partition' | 'account' | 'qos' | 'where' | 'cpus',
  JobColumn
> {
  /** Name and details below each other, for a narrow panel. */
  twoLines: JobColumn;
  /** Empty if all jobs are from one user. */
  user: JobColumn[];
}

/** Creates the columns that all job lists share. */
export function jobColumns(options: IJobLayoutOptions): IJobColumns {
  const { scope, trans, open } = options;
  const text = (
    id: string,
    label: string,
    width: number,
    value: (job: IJobSummary) => string
  ): JobColumn => ({
    id,
    label,
    sort: id,
    width,
    fits: true,
    cell: value,
    text: value
  });
  return {
    twoLines: {
      id: 'job',
      label: trans.__('Job'),
      sort: 'job_id',
      width: NAME,
      grow: true,
      truncates: true,
      cell: job => {
        const facts = [job.id, job.partition, scope === 'all' && job.user];
        const line = facts.filter(Boolean).join(' · ');
        return (
          <>
            <JobName job={job} open={open} />
            <span className="jp-SlurmTable-second" title={line}>
              {line}
            </span>
          </>
        );
      }
    },
    name: {
      id: 'name',
      label: trans.__('Name'),
      sort: 'name',
      width: 120,
      grow: true,
      truncates: true,
      cell: job => <JobName job={job} open={open} />,
      text: job => job.name || job.id
    },
    state: {
      id: 'state',
      label: trans.__('State'),
      sort: 'state',
      width: 136,
      truncates: true,
      cell: job => <StateBadge state={job.state} flags={job.flags} trans={trans} />,
      text: job => [job.state, ...job.flags].join('+')
    },
    id: text('job_id', trans.__('ID'), 92, job => job.id),
    user: scope === 'all' ? [text('user', trans.__('User'), 76, job => job.user)] : [],
    partition: text('partition', trans.__('Partition'), 84, job => job.partition),
    account: text('account', trans.__('Account'), 90, job => job.account),
    qos: text('qos', trans.__('QOS'), 76, job => job.qos),
    where: {
      id: 'where',
      label: trans.__('Nodes'),
      width: 96,
      fits: true,
      cell: job => job.nodes || (job.node_count ?? ''),
      text: job => job.nodes || String(job.node_count ?? '')
    },
    cpus: {
      id: 'cpus',
      label: trans.__('CPUs'),
      sort: 'cpus',
      width: 58,
      numeric: true,
      cell: job => job.cpus ?? '',
      text: job => String(job.cpus ?? '')
    }
  };
}

/** A short date or time, with the whole of it as the title. */
export function Moment(props: { epoch: number; now: number }): JSX.Element {
  const { epoch, now } = props;
  return (
    <time dateTime={isoTime(epoch)} title={formatTime(epoch)}>
      {formatMoment(epoch, now)}
    </time>
  );
}

/** A job's run time and time limit. */
export function RunTime(props: {
  /** In seconds; null if unknown. */
  seconds: number | null;
  job: IJobSummary;
  trans: TranslationBundle;
  short?: boolean;
}): JSX.Element {
  const { seconds, job, trans, short } = props;
  const elapsed = seconds === null ? '' : formatDuration(seconds);
  const limit = formatMinutes(job.time_limit, trans);
  const left =
    seconds !== null && typeof job.time_limit === 'number'
      ? formatDuration(Math.max(0, job.time_limit * 60 - seconds))
      : null;
  const words = short || !limit ? elapsed : `${elapsed} / ${limit}`;
  return (
    <span
      className={overflowClass(words, PROGRESS).trim() || undefined}
      title={left === null ? elapsed : trans.__('%1 of %2, %3 left', elapsed, limit, left)}
    >
      {words}
    </span>
  );
}

/** A job's name; a click opens the job. */
function JobName(props: { job: IJobSummary; open: (job: IJobSummary) => void }): JSX.Element {
  const { job, open } = props;
  return (
    <button
      type="button"
      className={`jp-SlurmTable-link${overflowClass(job.name, NAME)}`}
      title={job.name}
      tabIndex={-1}
      onClick={event => {
        if (!event.shiftKey && !event.ctrlKey && !event.metaKey) {
          open(job);
        }
      }}
    >
      {job.name || job.id}
    </button>
  );
}
