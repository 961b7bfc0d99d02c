import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { StateBadge } from '../components/state-badge';
import {
  type IJobColumnSet,
  type IJobLayoutOptions,
  type JobColumn,
  jobColumns,
  Moment,
  PROGRESS,
  RunTime
} from '../table/job-columns';
import { formatDuration, formatRelative, isoTime } from '../words/format';
import { formatExitCode } from '../words/job-state';

function compactColumns(options: IJobLayoutOptions): JobColumn[] {
  const { trans, now } = options;
  return [
    jobColumns(options).twoLines,
    {
      id: 'end',
      label: trans.__('Ended'),
      sort: 'end_time',
      width: 126,
      truncates: true,
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

function wideColumns(options: IJobLayoutOptions): JobColumn[] {
  const { trans, now } = options;
  const { name, state, id, user, partition, cpus, where, account } = jobColumns(options);
  return [
    name,
    state,
    {
      id: 'ended',
      label: trans.__('Ended'),
      sort: 'end_time',
      width: 152,
      cell: job => job.end_time !== null && <Moment epoch={job.end_time} now={now} />,
      text: job => (job.end_time === null ? '' : isoTime(job.end_time))
    },
    id,
    ...user,
    {
      id: 'elapsed',
      label: trans.__('Time'),
      sort: 'elapsed',
      width: PROGRESS,
      truncates: true,
      cell: job => <RunTime seconds={job.elapsed} job={job} trans={trans} />,
      text: job => (job.elapsed === null ? '' : formatDuration(job.elapsed))
    },
    partition,
    {
      id: 'exit',
      label: trans.__('Exit code'),
      width: 74,
      numeric: true,
      cell: job => (job.exit_code === null ? '' : formatExitCode(job.exit_code)),
      text: job => (job.exit_code === null ? '' : formatExitCode(job.exit_code))
    },
    cpus,
    where,
    account
  ];
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

/** The columns of finished jobs: as in the queue, but with their end. */
export const historyColumns: IJobColumnSet = {
  compact: compactColumns,
  wide: wideColumns,
  order: ORDER
};

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
