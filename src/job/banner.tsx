import type { IRenderMime } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { errorIcon, infoIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { Options } from '../api/submit';
import type { IJob } from '../api/types';
import { formatMoment, formatRelative } from '../words/format';
import { describeExit, describeState, isFinished } from '../words/job-state';
import type { JobOutputModel } from './output-model';
import { OutputTail } from './output-tail';
import { moreFor } from './resubmit';

/** What the parts of a job's view can do. */
export interface IJobActions {
  /** Opens another job of the same cluster. */
  openJob: (id: string, tab?: string) => void;
  showOutput: () => void;
  release: () => void;
  /** Copies text to the clipboard. */
  copy: (text: string) => void;
  /** Opens the submit form with the job's script, with options changed in it. */
  submitAgain: (changes: Options) => void;
}

interface IJobBannerProps {
  job: IJob;
  /** Seconds since the epoch. */
  now: number;
  /** The user's name on the cluster; null if it is not known. */
  user: string | null;
  output: JobOutputModel;
  sanitizer: IRenderMime.ISanitizer;
  actions: IJobActions;
  trans: TranslationBundle;
}

/** The number of jobs of a dependency that have a button. */
const MAX_BUTTONS = 3;

/** Why a job waits or failed, with what helps. */
export function JobBanner(props: IJobBannerProps): JSX.Element | null {
  const { job, trans } = props;
  if (isFinished(job.state, job.flags) && isBad(job, trans)) {
    return <FailedBanner {...props} />;
  }
  if (job.state === 'PENDING') {
    return <WaitingBanner {...props} />;
  }
  return job.why === null ? null : (
    <Banner tone="info" code={job.why.code} text={job.why.text} more={[job.why.advice]} />
  );
}

export function isBad(job: IJob, trans: TranslationBundle): boolean {
  return describeState(job.state, [], trans).tone === 'bad';
}

function FailedBanner(props: IJobBannerProps): JSX.Element {
  const { actions, job, output, sanitizer, trans } = props;
  const more = moreFor(job, trans);
  const text = job.why?.text ?? stateWords(job, trans);
  return (
    <Banner tone="bad" code={job.why?.code} text={text} more={[job.why?.advice ?? '']}>
      <OutputTail output={output} sanitizer={sanitizer} lines={8} trans={trans} />
      <div className="jp-SlurmJob-buttons">
        <button type="button" className="jp-SlurmButton" onClick={actions.showOutput}>
          {trans.__('Show output')}
        </button>
        {job.script && more !== null && (
          <button
            type="button"
            className="jp-SlurmButton"
            onClick={() => actions.submitAgain(more.options)}
          >
            {trans.__('Submit again with %1…', more.label)}
          </button>
        )}
        {job.script && (
          <button type="button" className="jp-SlurmButton" onClick={() => actions.submitAgain({})}>
            {trans.__('Submit again…')}
          </button>
        )}
      </div>
    </Banner>
  );
}

/** What the state and exit code tell, for an ending without an explanation. */
function stateWords(job: IJob, trans: TranslationBundle): string {
  const { label } = describeState(job.state, [], trans);
  return job.exit_code === null
    ? trans.__('%1.', label)
    : trans.__('%1: %2.', label, describeExit(job.exit_code, trans));
}

function WaitingBanner(props: IJobBannerProps): JSX.Element | null {
  const { actions, job, now, trans } = props;
  const mine = props.user !== null && props.user === job.user;
  const held = job.held_by === 'user';
  const text =
    held && mine
      ? trans.__('You hold this job. It does not start until you release it.')
      : (job.why?.text ?? '');
  // The advice about requeues is for jobs that were requeued.
  const obvious = (held && mine) || (job.reason === 'BeginTime' && !job.restarts);
  const advice = obvious ? '' : (job.why?.advice ?? '');
  const start = startWords(job, now, mine, trans);
  const others = job.dependency === '' ? [] : jobsOf(job.dependency).slice(0, MAX_BUTTONS);
  if (text === '' && start === '' && others.length === 0) {
    return null;
  }
  return (
    <Banner tone="info" code={job.why?.code} text={text} more={[advice, start]}>
      {(held || others.length > 0) && (
        <div className="jp-SlurmJob-buttons">
          {held && (
            <button type="button" className="jp-SlurmButton" onClick={actions.release}>
              {trans.__('Release')}
            </button>
          )}
          {others.map(id => (
            <button
              key={id}
              type="button"
              className="jp-SlurmButton"
              onClick={() => actions.openJob(id)}
            >
              {trans.__('Open job %1', id)}
            </button>
          ))}
        </div>
      )}
    </Banner>
  );
}

/** When a waiting job starts, as far as it is known. */
export function startWords(
  job: IJob,
  now: number,
  mine: boolean,
  trans: TranslationBundle
): string {
  if (job.held_by !== null) {
    return '';
  }
  if (job.reason === 'BeginTime') {
    const begin = job.eligible_time ?? job.estimated_start;
    if (begin === null || begin <= now) {
      return '';
    }
    const time = formatMoment(begin, now);
    const relative = formatRelative(begin, now, trans);
    if (job.restarts) {
      return trans.__('It can start again at %1 (%2).', time, relative);
    }
    return mine
      ? trans.__('It starts at %1 or later (%2), as you asked.', time, relative)
      : trans.__('It starts at %1 or later (%2), as its owner asked.', time, relative);
  }
  const start = job.estimated_start;
  if (start === null) {
    return '';
  }
  // The scheduler assumes that running jobs use their whole time limits.
  return start > now
    ? trans.__(
        'Expected to start by %1 at the latest (%2), if no job with a higher priority arrives.',
        formatMoment(start, now),
        formatRelative(start, now, trans)
      )
    : trans.__('Expected to start any moment.');
}

/** The ids of jobs in Slurm's dependency string. */
function jobsOf(dependency: string): string[] {
  const ids = dependency.match(/(?<=:)\d+(?:_\d+)?/g) ?? [];
  return [...new Set(ids)];
}

interface IBannerProps {
  tone: 'info' | 'bad';
  /** Slurm's reason code. */
  code?: string;
  text: string;
  more: string[];
  children?: React.ReactNode;
}

function Banner(props: IBannerProps): JSX.Element {
  const Icon = (props.tone === 'bad' ? errorIcon : infoIcon).react;
  return (
    <div className={`jp-SlurmJob-banner jp-mod-${props.tone}`}>
      <Icon tag="span" aria-hidden="true" className="jp-SlurmJob-bannerIcon" />
      <div className="jp-SlurmJob-bannerText">
        <p title={props.code}>{props.text}</p>
        {props.more
          .filter(words => words !== '')
          .map(words => (
            <p key={words}>{words}</p>
          ))}
        {props.children}
      </div>
    </div>
  );
}
