import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJob, IJobSummary } from '../api/types';
import { StateBadge } from '../components/state-badge';
import { formatDuration, formatMinutes, formatRelative } from '../words/format';
import { describeExit, isFinished, isLive, showsExitCode } from '../words/job-state';
import type { IJobActions } from './banner';

interface IJobHeaderProps {
  job: IJob;
  /** Seconds since the epoch. */
  now: number;
  actions: Pick<IJobActions, 'openJob'>;
  /** The components of a heterogeneous job; empty until they are known. */
  parts: readonly IJobSummary[];
  trans: TranslationBundle;
}

/** Which job it is, and in a strip its state, how long it has been so, and where it runs. */
export function JobHeader(props: IJobHeaderProps): JSX.Element {
  const { actions, job, now, parts, trans } = props;
  return (
    <div className="jp-SlurmJob-header">
      <div className="jp-SlurmJob-titleLine">
        <h2 className="jp-SlurmJob-title" title={job.name}>
          {job.name === '' ? trans.__('Job %1', job.id) : job.name}
        </h2>
        <span className="jp-SlurmJob-id">{trans.__('Job %1', job.id)}</span>
        <Origin job={job} parts={parts} actions={actions} trans={trans} />
      </div>
      <div className="jp-SlurmJob-strip" data-state={job.state}>
        <StateBadge state={job.state} flags={job.flags} trans={trans} />
        {isFinished(job.state, job.flags) && showsExitCode(job.state) && job.exit_code !== null && (
          <span>{describeExit(job.exit_code, trans)}</span>
        )}
        {stripOf(job, now, trans).map(words => (
          <span key={words}>{words}</span>
        ))}
      </div>
    </div>
  );
}

/** Of what the job is a part: an array or a heterogeneous job. */
function Origin(props: Omit<IJobHeaderProps, 'now'>): JSX.Element | null {
  const { actions, job, parts, trans } = props;
  const link = (id: string, label: string) => (
    <button type="button" className="jp-SlurmLink" onClick={() => actions.openJob(id)}>
      {label}
    </button>
  );
  if (job.array_job_id !== null && job.array_task_id !== null) {
    return (
      <span className="jp-SlurmJob-id">
        {trans.__('task %1 of', job.array_task_id)}{' '}
        {link(String(job.array_job_id), trans.__('array %1', job.array_job_id))}
      </span>
    );
  }
  if (job.het_job_id !== null && job.het_offset !== null) {
    const others = parts.filter(({ id }) => id !== job.id);
    return (
      <span className="jp-SlurmJob-id jp-SlurmJob-parts">
        {parts.length > 1
          ? trans.__('component %1 of %2', job.het_offset + 1, parts.length)
          : trans.__('component %1', job.het_offset + 1)}
        {others.map(({ id }) => (
          <React.Fragment key={id}>{link(id, id)}</React.Fragment>
        ))}
      </span>
    );
  }
  return null;
}

function stripOf(job: IJob, now: number, trans: TranslationBundle): string[] {
  const strip: string[] = [];
  const ran = job.running_since !== null ? Math.max(0, now - job.running_since) : job.elapsed;
  if (job.state === 'PENDING') {
    if (job.submit_time !== null) {
      strip.push(
        trans.__('submitted %1', formatRelative(Math.min(job.submit_time, now), now, trans))
      );
    }
  } else if (isLive(job.state)) {
    if (ran !== null) {
      const limit = typeof job.time_limit === 'number' ? formatMinutes(job.time_limit, trans) : '';
      strip.push(
        limit === ''
          ? trans.__('for %1', formatDuration(ran))
          : trans.__('for %1 of %2', formatDuration(ran), limit)
      );
    }
    if (job.state === 'RUNNING' && job.end_time !== null && job.end_time > now) {
      strip.push(trans.__('ends %1 at the latest', formatRelative(job.end_time, now, trans)));
    }
  } else {
    if (job.end_time !== null) {
      // A moment ahead of this browser's clock is just now.
      strip.push(formatRelative(Math.min(job.end_time, now), now, trans));
    }
    if (ran !== null && job.nodes !== '') {
      strip.push(trans.__('ran for %1', formatDuration(ran)));
    }
  }
  if (job.nodes !== '') {
    strip.push(trans.__('on %1', job.nodes));
  }
  return strip;
}
