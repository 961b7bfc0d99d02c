import type { TranslationBundle } from '@jupyterlab/translation';

import type { IExitCode } from '../api/types';

/** What a state means for the person, whatever its name. */
export type Tone = 'waiting' | 'active' | 'good' | 'bad' | 'stopped' | 'unknown';

export interface IStateLabel {
  label: string;
  tone: Tone;
}

const LIVE = ['PENDING', 'RUNNING', 'SUSPENDED', 'UNKNOWN'];

/** How a run ended whose job goes on: accounting's words. */
const PARTIAL = ['REQUEUED', 'RESIZING', 'REVOKED'];

/** Whether a job waits, runs or is suspended: its end time, if it has one, is still to come. */
export function isLive(state: string): boolean {
  return LIVE.includes(state);
}

/**
 * Whether a job has ended for good. A state that nobody could read (UNKNOWN) has not,
 * nor has a job that is being requeued.
 */
export function isFinished(state: string, flags: readonly string[] = []): boolean {
  return (
    ![...LIVE, ...PARTIAL].includes(state) &&
    !flags.some(flag => ['REQUEUED', 'EXPEDITING', 'COMPLETING'].includes(flag))
  );
}

/** Slurm's state and flags in a word or two, and its tone. */
export function describeState(
  state: string,
  flags: readonly string[],
  trans: TranslationBundle
): IStateLabel {
  if (flags.includes('COMPLETING')) {
    return { label: trans.__('Completing'), tone: 'active' };
  }
  if (flags.includes('CONFIGURING')) {
    return { label: trans.__('Configuring'), tone: 'active' };
  }
  if (flags.includes('EXPEDITING')) {
    return { label: trans.__('Requeued (expedited)'), tone: 'waiting' };
  }
  if (flags.includes('REQUEUE_HOLD')) {
    return { label: trans.__('Requeued (held)'), tone: 'waiting' };
  }
  switch (state) {
    case 'PENDING':
      return { label: trans.__('Pending'), tone: 'waiting' };
    case 'RUNNING':
      return { label: trans.__('Running'), tone: 'active' };
    case 'SUSPENDED':
      return { label: trans.__('Suspended'), tone: 'stopped' };
    case 'COMPLETED':
      return { label: trans.__('Completed'), tone: 'good' };
    case 'FAILED':
      return { label: trans.__('Failed'), tone: 'bad' };
    case 'CANCELLED':
      return { label: trans.__('Canceled'), tone: 'stopped' };
    case 'TIMEOUT':
      return { label: trans.__('Time limit reached'), tone: 'bad' };
    case 'OUT_OF_MEMORY':
      return { label: trans.__('Out of memory'), tone: 'bad' };
    case 'NODE_FAIL':
      return { label: trans.__('Node failure'), tone: 'bad' };
    case 'BOOT_FAIL':
      return { label: trans.__('Boot failure'), tone: 'bad' };
    case 'PREEMPTED':
      return { label: trans.__('Preempted'), tone: 'stopped' };
    case 'DEADLINE':
      return { label: trans.__('Deadline reached'), tone: 'bad' };
    case 'REQUEUED':
      return { label: trans.__('Requeued'), tone: 'stopped' };
    case 'RESIZING':
      return { label: trans.__('Resized'), tone: 'stopped' };
    case 'REVOKED':
      return { label: trans.__('Revoked'), tone: 'stopped' };
    case 'UNKNOWN':
      return { label: trans.__('Unknown'), tone: 'unknown' };
    default:
      // A state of a Slurm newer than this list is shown as Slurm calls it.
      return { label: state, tone: 'unknown' };
  }
}

/** How a script ended, in a word or two: its exit code, or the signal that ended it. */
export function describeExit(exit: IExitCode, trans: TranslationBundle): string {
  if (exit.signal !== 0 && exit.signal_name !== '') {
    return trans.__('ended by signal %1', exit.signal_name);
  }
  return trans.__('exit code %1', formatExitCode(exit));
}

/** The exit code in Slurm's way: `3`, or `0:53` where there was a signal. */
export function formatExitCode(exit: IExitCode): string {
  return exit.signal === 0 ? String(exit.code) : `${exit.code}:${exit.signal}`;
}

/** Whether the exit code says anything that the state does not. */
export function showsExitCode(state: string): boolean {
  return state === 'COMPLETED' || state === 'FAILED';
}

/**
 * Slurm's reason code of a waiting job in a few words, for a list; the code itself when
 * it is a rare one. The job's own view has the whole explanation, from the server.
 */
export function describeReason(code: string, trans: TranslationBundle): string {
  switch (code) {
    case 'Priority':
      return trans.__('Lower priority');
    case 'Resources':
      return trans.__('Waiting for resources');
    case 'Dependency':
      return trans.__('Waiting for dependency');
    case 'DependencyNeverSatisfied':
      return trans.__('Dependency failed');
    case 'JobHeldUser':
      return trans.__('Held by user');
    case 'JobHeldAdmin':
      return trans.__('Held by admin');
    case 'BeginTime':
      return trans.__('Begins later');
    case 'Licenses':
      return trans.__('Waiting for licenses');
    case 'JobArrayTaskLimit':
      return trans.__('Array task limit');
    case 'Reservation':
      return trans.__('Waiting for reservation');
    case 'PartitionDown':
    case 'PartitionInactive':
      return trans.__('Partition unavailable');
    case 'PartitionTimeLimit':
      return trans.__('Time limit too long');
    case 'PartitionNodeLimit':
      return trans.__('Too many nodes');
    case 'ReqNodeNotAvail':
      return trans.__('Nodes unavailable');
    default:
      return /^(QOS|Assoc)/.test(code) ? trans.__('Limit reached') : code;
  }
}
