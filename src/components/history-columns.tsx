import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJobSummary } from '../api/vocabulary';
import { formatDuration, formatMinutes, formatRelative, isoTime } from '../models/format';
import type { HistorySort } from '../models/history';
import type { Scope } from '../models/queue';
import { JobName } from './job-columns';
import { StateBadge } from './state-badge';
import { TimeValue } from './time-value';
import { fitting, type IColumn } from './virtual-table';

/** Below this width a job takes two lines. */
const COMPACT = 440;

export interface IHistoryLayoutOptions {
  width: number;
  scope: Scope;
  trans: TranslationBundle;
  /** Seconds since the epoch. */
  now: number;
  open: (job: IJobSummary) => void;
}

/** How finished jobs are laid out at some width: as in the queue, but with their end. */
export function historyLayout(options: IHistoryLayoutOptions): {
  columns: IColumn<IJobSummary>[];
  rowHeight: number;
} {
  return options.width < COMPACT
    ? { columns: compactColumns(options), rowHeight: 42 }
    : { columns: wideColumns(options), rowHeight: 26 };
}

function compactColumns(options: IHistoryLayoutOptions): IColumn<IJobSummary>[] {
  const { scope, trans, now, open } = options;
  return [
    {
      id: 'job',
      label: trans.__('Job'),
      sort: 'job_id',
      width: 90,
      grow: true,
      cell: job => {
        const facts = [job.id, job.partition, ...(scope === 'all' ? [job.user] : [])];
        const text = facts.filter(Boolean).join(' · ');
        return (
          <>
            <JobName job={job} open={open} />
            <span className="jp-SlurmTable-second" title={text}>
              {text}
            </span>
          </>
        );
      }
    },
    {
      id: 'end',
      label: trans.__('Ended'),
      sort: 'end_time',
      width: 126,
      cell: job => (
        <>
          <StateBadge state={job.state} flags={job.flags} trans={trans} />
          <span className="jp-SlurmTable-second">
            <Ago epoch={job.end_time} now={now} trans={trans} />
          </span>
        </>
      )
    }
  ];
}

function wideColumns(options: IHistoryLayoutOptions): IColumn<IJobSummary>[] {
  const { width, scope, trans, open } = options;
  const text = (
    id: HistorySort,
    label: string,
    pixels: number,
    value: (job: IJobSummary) => string
  ): IColumn<IJobSummary> => ({
    id,
    label,
    sort: id,
    width: pixels,
    cell: job => <span title={value(job)}>{value(job)}</span>
  });
  const user = text('user', trans.__('User'), 76, job => job.user);
  const columns: IColumn<IJobSummary>[] = [
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
    {
      id: 'ended',
      label: trans.__('Ended'),
      sort: 'end_time',
      width: 190,
      cell: job => job.end_time !== null && <TimeValue epoch={job.end_time} />
    },
    text('job_id', trans.__('ID'), 92, job => job.id),
    ...(scope === 'all' ? [user] : []),
    {
      id: 'elapsed',
      label: trans.__('Time'),
      sort: 'elapsed',
      width: 158,
      cell: job => <Ran job={job} trans={trans} />
    },
    text('partition', trans.__('Partition'), 84, job => job.partition),
    {
      id: 'exit',
      label: trans.__('Exit code'),
      width: 74,
      numeric: true,
      cell: job => exitWords(job)
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
      id: 'where',
      label: trans.__('Nodes'),
      width: 96,
      cell: job => <span title={job.nodes}>{job.nodes || (job.node_count ?? '')}</span>
    },
    text('account', trans.__('Account'), 90, job => job.account)
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
  'ended',
  'elapsed',
  'exit',
  'where',
  'cpus'
];

/** As sacct writes it: the code, and the signal where one ended the job. */
function exitWords(job: IJobSummary): string {
  const exit = job.exit_code;
  if (exit === null) {
    return '';
  }
  return exit.signal ? `${exit.code ?? 0}:${exit.signal}` : String(exit.code ?? '');
}

function Ran(props: { job: IJobSummary; trans: TranslationBundle }): JSX.Element {
  const { job, trans } = props;
  const elapsed = job.elapsed === null ? '' : formatDuration(job.elapsed);
  const limit = formatMinutes(job.time_limit, trans);
  return (
    <span title={trans.__('%1 of %2', elapsed, limit)}>
      {limit ? `${elapsed} / ${limit}` : elapsed}
    </span>
  );
}

function Ago(props: {
  epoch: number | null;
  now: number;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { epoch, now, trans } = props;
  return epoch === null ? null : (
    <time dateTime={isoTime(epoch)} title={isoTime(epoch)}>
      {formatRelative(Math.min(epoch, now), now, trans)}
    </time>
  );
}
