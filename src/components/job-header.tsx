import type { TranslationBundle } from '@jupyterlab/translation';
import { infoIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { IJob } from '../api/vocabulary';
import { exitWords, tellsExit } from '../models/exitwords';
import { formatRelative } from '../models/format';
import { isFinished } from '../models/jobstate';
import { StateBadge } from './state-badge';
import { TimeValue } from './time-value';

export interface IJobHeaderProps {
  job: IJob;
  /** Seconds since the epoch. */
  now: number;
  trans: TranslationBundle;
}

/** What a person wants to know first: which job, how it is, and why. */
export function JobHeader(props: IJobHeaderProps): JSX.Element {
  const { job, now, trans } = props;
  const start = job.state === 'PENDING' ? (job.estimated_start ?? job.start_time) : null;
  return (
    <div className="jp-SlurmJob-header">
      <div className="jp-SlurmJob-titleLine">
        <h2 className="jp-SlurmJob-title" title={job.name}>
          {job.name === '' ? trans.__('Job %1', job.id) : job.name}
        </h2>
        <span className="jp-SlurmJob-id">{trans.__('Job %1', job.id)}</span>
        <StateBadge state={job.state} flags={job.flags} trans={trans} />
        {isFinished(job.state, job.flags) && tellsExit(job.state) && job.exit_code !== null && (
          <span className="jp-SlurmJob-exit">{exitWords(job.exit_code, trans)}</span>
        )}
      </div>
      {job.why !== null && (
        <div className="jp-SlurmJob-why">
          <infoIcon.react tag="span" aria-hidden="true" />
          <p title={job.why.code}>
            {job.why.text} {job.why.advice}
          </p>
        </div>
      )}
      {start !== null && (
        <p className="jp-SlurmJob-start">
          {trans.__('Estimated start:')} <TimeValue epoch={start} /> (
          {formatRelative(start, now, trans)})
        </p>
      )}
    </div>
  );
}
