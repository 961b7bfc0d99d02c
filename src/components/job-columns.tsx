import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJobSummary } from '../api/vocabulary';
import {
  formatDuration,
  formatMinutes,
  formatRelative,
  formatTime,
  isoTime
} from '../models/format';
import type { JobSort, Scope } from '../models/queue';
import { reasonWords } from '../models/reasonwords';
import { StateBadge } from './state-badge';
import { fitting, type IColumn } from './virtual-table';

/** Below this width a job takes two lines. */
const COMPACT = 440;

/** From this width on there is room for the longest state's name. */
const ROOMY = 240;

interface IJobColumn extends IColumn<IJobSummary> {
  sort?: JobSort;
}

/** How the jobs are laid out at some width. */
export interface IJobLayout {
  columns: IColumn<IJobSummary>[];
  rowHeight: number;
}

/** Two lines for each job in a narrow panel; as many columns as fit in a wide one. */
export function jobLayout(options: {
  width: number;
  scope: Scope;
  trans: TranslationBundle;
  /** Seconds since the epoch, by Slurm's clock. */
  now: number;
  open: (job: IJobSummary) => void;
}): IJobLayout {
  const { width } = options;
  return width < COMPACT
    ? { columns: compactColumns(options), rowHeight: 42 }
    : { columns: wideColumns(options), rowHeight: 26 };
}

function compactColumns(options: {
  width: number;
  scope: Scope;
  trans: TranslationBundle;
  now: number;
  open: (job: IJobSummary) => void;
}): IJobColumn[] {
  const { width, scope, trans, now, open } = options;
  return [
    {
      id: 'job',
      label: trans.__('Job'),
      sort: 'job_id',
      width: 90,
      grow: true,
      cell: job => {
        const facts = [job.id, job.partition, ...(scope === 'all' ? [job.user] : [])];
        return (
          <>
            <JobName job={job} open={open} />
            <span className="jp-SlurmTable-second" title={facts.join(' · ')}>
              {facts.filter(Boolean).join(' · ')}
            </span>
          </>
        );
      }
    },
    {
      id: 'state',
      label: trans.__('State'),
      sort: 'state',
      width: width < ROOMY ? 104 : 126,
      cell: job => (
        <>
          <StateBadge state={job.state} flags={job.flags} trans={trans} />
          <span className="jp-SlurmTable-second">
            <Progress job={job} trans={trans} now={now} short />
          </span>
        </>
      )
    }
  ];
}

function wideColumns(options: {
  width: number;
  scope: Scope;
  trans: TranslationBundle;
  now: number;
  open: (job: IJobSummary) => void;
}): IColumn<IJobSummary>[] {
  const { width, scope, trans, now, open } = options;
  const text = (
    id: JobSort,
    label: string,
    pixels: number,
    value: (job: IJobSummary) => string
  ): IJobColumn => ({
    id,
    label,
    sort: id,
    width: pixels,
    cell: job => <span title={value(job)}>{value(job)}</span>
  });
  const user = text('user', trans.__('User'), 76, job => job.user);
  const columns: IJobColumn[] = [
    {
      id: 'name',
      label: trans.__('Name'),
      sort: 'name',
      width: 120,
      grow: true,
      cell: job => <JobName job={job} open={open} />
    },
    {
      id: 'state',
      label: trans.__('State'),
      sort: 'state',
      width: 136,
      cell: job => <StateBadge state={job.state} flags={job.flags} trans={trans} />
    },
    text('job_id', trans.__('ID'), 92, job => job.id),
    {
      id: 'progress',
      label: trans.__('Time'),
      sort: 'elapsed',
      width: 158,
      cell: job => <Progress job={job} trans={trans} now={now} />
    },
    ...(scope === 'all' ? [user] : []),
    text('partition', trans.__('Partition'), 84, job => job.partition),
    {
      id: 'where',
      label: trans.__('Nodes'),
      width: 96,
      cell: job => <span title={job.nodes}>{job.nodes || (job.node_count ?? '')}</span>
    },
    {
      id: 'cpus',
      label: trans.__('CPUs'),
      sort: 'cpus',
      width: 58,
      numeric: true,
      cell: job => job.cpus ?? ''
    },
    {
      id: 'gpus',
      label: trans.__('GPUs'),
      width: 50,
      numeric: true,
      cell: job => job.gpus || ''
    },
    text('account', trans.__('Account'), 90, job => job.account),
    text('qos', trans.__('QOS'), 76, job => job.qos),
    {
      id: 'submitted',
      label: trans.__('Submitted'),
      sort: 'submit_time',
      width: 170,
      cell: job => <Moment epoch={job.submit_time} />
    }
  ];
  return fitting(columns, ORDER, width);
}

const ORDER = [
  'state',
  'job_id',
  'name',
  'user',
  'partition',
  'account',
  'qos',
  'progress',
  'where',
  'cpus',
  'gpus',
  'submitted'
];

/** The name of a job; pressed, it opens the job. */
export function JobName(props: {
  job: IJobSummary;
  open: (job: IJobSummary) => void;
}): JSX.Element {
  const { job, open } = props;
  return (
    <button
      type="button"
      className="jp-SlurmTable-link"
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

/** How long a job has run and may run; why it waits; when it ended. */
function Progress(props: {
  job: IJobSummary;
  trans: TranslationBundle;
  now: number;
  short?: boolean;
}): JSX.Element {
  const { job, trans, now, short } = props;
  if (job.state === 'PENDING') {
    const start = job.estimated_start;
    const words =
      start !== null && start > now
        ? trans.__('starts %1', formatRelative(start, now, trans))
        : reasonWords(job.reason, trans);
    return (
      <span className="jp-SlurmTable-muted" title={job.reason}>
        {words}
      </span>
    );
  }
  const seconds = elapsedOf(job, now);
  const elapsed = seconds === null ? '' : formatDuration(seconds);
  const limit = formatMinutes(job.time_limit, trans);
  const title = trans.__('%1 of %2', elapsed, limit);
  return <span title={title}>{short || !limit ? elapsed : `${elapsed} / ${limit}`}</span>;
}

/** Seconds that a job has run; an unchanged row of a running one is not sent again. */
function elapsedOf(job: IJobSummary, now: number): number | null {
  return job.state === 'RUNNING' && job.start_time !== null
    ? Math.max(now - job.start_time, job.elapsed ?? 0)
    : job.elapsed;
}

function Moment(props: { epoch: number | null }): JSX.Element | null {
  return props.epoch === null ? null : (
    <time dateTime={isoTime(props.epoch)} title={isoTime(props.epoch)}>
      {formatTime(props.epoch)}
    </time>
  );
}
