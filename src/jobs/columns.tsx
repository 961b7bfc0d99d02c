import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJobSummary } from '../api/types';
import { useNow } from '../components/hooks';
import { StateBadge } from '../components/state-badge';
import { overflowClass } from '../table/columns';
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
import { describeReason } from '../words/job-state';

/** The width in pixels from which the longest state label fits. */
const ROOMY = 240;

function compactColumns(options: IJobLayoutOptions): JobColumn[] {
  const { width, trans, now, clockAhead } = options;
  return [
    jobColumns(options).twoLines,
    {
      id: 'state',
      label: trans.__('State'),
      sort: 'state',
      width: width < ROOMY ? 104 : 126,
      truncates: true,
      cell: job => (
        <>
          <StateBadge state={job.state} flags={job.flags} trans={trans} />
          <span className="jp-SlurmTable-second">
            <Progress job={job} trans={trans} now={now} clockAhead={clockAhead} short />
          </span>
        </>
      )
    }
  ];
}

function wideColumns(options: IJobLayoutOptions): JobColumn[] {
  const { trans, now, clockAhead } = options;
  const { name, state, id, user, partition, where, cpus, account, qos } = jobColumns(options);
  return [
    name,
    state,
    id,
    {
      id: 'progress',
      label: trans.__('Time'),
      sort: 'elapsed',
      width: PROGRESS,
      truncates: true,
      cell: job => <Progress job={job} trans={trans} now={now} clockAhead={clockAhead} />,
      text: job => {
        const seconds = elapsedOf(job, now);
        return seconds === null ? job.reason : formatDuration(seconds);
      }
    },
    ...user,
    partition,
    where,
    cpus,
    {
      id: 'gpus',
      label: trans.__('GPUs'),
      width: 50,
      numeric: true,
      cell: job => job.gpus || '',
      text: job => String(job.gpus || '')
    },
    account,
    qos,
    {
      id: 'submitted',
      label: trans.__('Submitted'),
      sort: 'submit_time',
      width: 152,
      cell: job => job.submit_time !== null && <Moment epoch={job.submit_time} now={now} />,
      text: job => (job.submit_time === null ? '' : isoTime(job.submit_time))
    }
  ];
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

/** The columns of the queue. */
export const queueColumns: IJobColumnSet = {
  compact: compactColumns,
  wide: wideColumns,
  order: ORDER
};

/** A job's run time and limit, or when it starts and why it is pending. */
function Progress(props: {
  job: IJobSummary;
  trans: TranslationBundle;
  now: number;
  clockAhead?: number;
  short?: boolean;
}): JSX.Element {
  const { job, trans, now, short, clockAhead } = props;
  if (job.running_since !== null) {
    return <TickingTime job={job} trans={trans} short={short} clockAhead={clockAhead} />;
  }
  if (job.state !== 'PENDING') {
    return <RunTime seconds={elapsedOf(job, now)} job={job} trans={trans} short={short} />;
  }
  const start = job.estimated_start;
  const words =
    start !== null && start > now
      ? trans.__('Starts %1', formatRelative(start, now, trans))
      : describeReason(job.reason, trans);
  return (
    <span className={`jp-SlurmTable-muted${overflowClass(words, PROGRESS)}`} title={job.reason}>
      {words}
    </span>
  );
}

/** The time of a running job, counted on between two readings of the queue. */
function TickingTime(props: {
  job: IJobSummary;
  trans: TranslationBundle;
  clockAhead?: number;
  short?: boolean;
}): JSX.Element {
  const { job, trans, clockAhead = 0, short } = props;
  const now = useNow(1) + clockAhead;
  return <RunTime seconds={elapsedOf(job, now)} job={job} trans={trans} short={short} />;
}

/** Seconds that a job has run. The row of a running job is not sent again while it runs. */
export function elapsedOf(job: IJobSummary, now: number): number | null {
  return job.running_since !== null ? Math.max(now - job.running_since, 0) : job.elapsed;
}
