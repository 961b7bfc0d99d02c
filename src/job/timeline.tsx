import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJob } from '../api/types';
import { formatDuration, formatMoment, formatTime, isoTime } from '../words/format';
import { isLive } from '../words/job-state';

/** A span of a job's life. */
interface ISpan {
  kind: 'ineligible' | 'waiting' | 'running' | 'left';
  label: string;
  /** Seconds. */
  length: number;
  /** What begins it, and when. */
  event: string;
  begin: number;
}

interface IJobTimelineProps {
  job: IJob;
  /** Seconds since the epoch. */
  now: number;
  trans: TranslationBundle;
}

/** When the job was submitted, started and ended, with bars as long as it waited and ran. */
export function JobTimeline(props: IJobTimelineProps): JSX.Element | null {
  const { job, now, trans } = props;
  const spans = spansOf(job, now, trans);
  if (spans.length === 0) {
    return null;
  }
  const total = spans.reduce((sum, { length }) => sum + length, 0);
  const end = isLive(job.state) ? null : job.end_time;
  return (
    <ol className="jp-SlurmTimeline" aria-label={trans.__('Timeline')}>
      {spans.map(span => (
        <li
          key={span.kind}
          className={`jp-SlurmTimeline-span jp-mod-${span.kind}`}
          // Short spans stay readable, so that lengths are not exactly proportional.
          style={{ flexGrow: total === 0 ? 1 : Math.max(span.length / total, 0.02) }}
        >
          <Moment label={span.event} epoch={span.begin} now={now} />
          <span className="jp-SlurmTimeline-bar" aria-hidden="true" />
          <span className="jp-SlurmTimeline-label">
            {span.label} {formatDuration(span.length)}
          </span>
        </li>
      ))}
      {end !== null && (
        <li className="jp-SlurmTimeline-end">
          <Moment label={trans.__('Ended')} epoch={end} now={now} />
        </li>
      )}
    </ol>
  );
}

function Moment(props: { label: string; epoch: number; now: number }): JSX.Element {
  const { epoch, label, now } = props;
  return (
    <span className="jp-SlurmTimeline-moment" title={`${formatTime(epoch)}\n${isoTime(epoch)}`}>
      {label} <time dateTime={isoTime(epoch)}>{formatMoment(epoch, now)}</time>
    </span>
  );
}

/** The spans that are known, in order. */
export function spansOf(job: IJob, now: number, trans: TranslationBundle): ISpan[] {
  const { submit_time: submitted, eligible_time: eligible, start_time: started } = job;
  const pending = job.state === 'PENDING';
  const live = isLive(job.state);
  const spans: ISpan[] = [];
  const add = (
    kind: ISpan['kind'],
    words: { event: string; label: string },
    begin: number,
    end: number
  ) => {
    spans.push({ kind, ...words, begin, length: Math.max(0, end - begin) });
  };
  // A job that was canceled while it waited has no start.
  const waitEnd = pending ? now : (started ?? job.end_time);
  if (submitted !== null && waitEnd !== null) {
    const ready = Math.min(eligible ?? waitEnd, waitEnd);
    const event = trans.__('Submitted');
    if (ready - submitted >= 1) {
      add('ineligible', { event, label: trans.__('Not eligible') }, submitted, ready);
    }
    if (waitEnd > ready || ready - submitted < 1) {
      const label = pending ? trans.__('Waiting') : trans.__('Waited');
      const first = spans.length === 0;
      add(
        'waiting',
        { event: first ? event : trans.__('Eligible'), label },
        first ? submitted : ready,
        waitEnd
      );
    }
  }
  if (!pending && started !== null && job.nodes !== '') {
    const end = live ? now : (job.end_time ?? now);
    const label = live ? trans.__('Running') : trans.__('Ran');
    add('running', { event: trans.__('Started'), label }, started, end);
    if (job.state === 'RUNNING' && job.end_time !== null && job.end_time > now) {
      add('left', { event: trans.__('Now'), label: trans.__('Time left') }, now, job.end_time);
    }
  }
  return spans;
}
