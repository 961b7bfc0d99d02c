import type { TranslationBundle } from '@jupyterlab/translation';

import type { IExitCode } from '../api/types';

/** What a state means for the user; it determines the icon and color. */
export type Tone = 'waiting' | 'active' | 'good' | 'bad' | 'stopped' | 'unknown';

export interface IStateLabel {
  label: string;
  tone: Tone;
}

const LIVE = ['PENDING', 'RUNNING', 'SUSPENDED', 'UNKNOWN'];

/** States in accounting of an earlier run of a job that continues. */
const PARTIAL = ['REQUEUED', 'RESIZING', 'REVOKED'];

/** Whether a job is pending, running or suspended, so that its end time is in the future. */
export function isLive(state: string): boolean {
  return LIVE.includes(state);
}

/**
 * Whether a job has ended for good. A job in an unknown state or being requeued has not.
 */
export function isFinished(state: string, flags: readonly string[] = []): boolean {
  return (
    ![...LIVE, ...PARTIAL].includes(state) &&
    !flags.some(flag => ['REQUEUED', 'EXPEDITING', 'COMPLETING'].includes(flag))
  );
}

/** A label and a tone for a job's state and flags. */
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
      return { label: trans.__('Timed out'), tone: 'bad' };
    case 'OUT_OF_MEMORY':
      return { label: trans.__('Out of memory'), tone: 'bad' };
    case 'NODE_FAIL':
      return { label: trans.__('Node failure'), tone: 'bad' };
    case 'BOOT_FAIL':
      return { label: trans.__('Boot failure'), tone: 'bad' };
    case 'PREEMPTED':
      return { label: trans.__('Preempted'), tone: 'stopped' };
    case 'DEADLINE':
      return { label: trans.__('Deadline missed'), tone: 'bad' };
    case 'REQUEUED':
      return { label: trans.__('Requeued'), tone: 'stopped' };
    case 'RESIZING':
      return { label: trans.__('Resized'), tone: 'stopped' };
    case 'REVOKED':
      return { label: trans.__('Revoked'), tone: 'stopped' };
    case 'UNKNOWN':
      return { label: trans.__('Unknown'), tone: 'unknown' };
    default:
      // A state of a newer Slurm is shown by its name.
      return { label: state, tone: 'unknown' };
  }
}

/** Describes how a script ended: its exit code, or the signal that ended it. */
export function describeExit(exit: IExitCode, trans: TranslationBundle): string {
  if (exit.signal !== 0 && exit.signal_name !== '') {
    return trans.__('ended by signal %1', exit.signal_name);
  }
  return trans.__('exit code %1', formatExitCode(exit));
}

/** Formats an exit code as Slurm does: `3`, or `0:53` with a signal. */
export function formatExitCode(exit: IExitCode): string {
  return exit.signal === 0 ? String(exit.code) : `${exit.code}:${exit.signal}`;
}

/** Whether the exit code adds anything to the state. */
export function showsExitCode(state: string): boolean {
  return state === 'COMPLETED' || state === 'FAILED';
}

/**
 * Describes the reason code of a pending job briefly, for a list; rare codes stay as they
 * are. The view of a job has the full explanation from the server.
 */
export function describeReason(code: string, trans: TranslationBundle): string {
  switch (code) {
    case 'Priority':
      return trans.__('Lower priority');
    case 'Resources':
      return trans.__('Awaiting resources');
    case 'Dependency':
      return trans.__('Awaiting dependency');
    case 'DependencyNeverSatisfied':
      return trans.__('Dependency failed');
    case 'JobHeldUser':
      return trans.__('Held by user');
    case 'JobHeldAdmin':
      return trans.__('Held by admin');
    case 'BeginTime':
      return trans.__('Begins later');
    case 'Licenses':
      return trans.__('Awaiting licenses');
    case 'JobArrayTaskLimit':
      return trans.__('Array task limit');
    case 'Reservation':
      return trans.__('Awaiting reservation');
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
