import type { TranslationBundle } from '@jupyterlab/translation';

/** What a state means for the person, whatever its name. */
export type Tone = 'waiting' | 'active' | 'good' | 'bad' | 'stopped' | 'unknown';

export interface IStateWords {
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
): IStateWords {
  if (flags.includes('COMPLETING')) {
    return { label: trans.__('Completing'), tone: 'active' };
  }
  if (flags.includes('CONFIGURING')) {
    return { label: trans.__('Configuring'), tone: 'active' };
  }
  if (flags.includes('EXPEDITING')) {
    return { label: trans.__('Requeued, goes first'), tone: 'waiting' };
  }
  if (flags.includes('REQUEUE_HOLD')) {
    return { label: trans.__('Requeued, held'), tone: 'waiting' };
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
      return { label: trans.__('Cancelled'), tone: 'stopped' };
    case 'TIMEOUT':
      return { label: trans.__('Time limit reached'), tone: 'bad' };
    case 'OUT_OF_MEMORY':
      return { label: trans.__('Out of memory'), tone: 'bad' };
    case 'NODE_FAIL':
      return { label: trans.__('Node failed'), tone: 'bad' };
    case 'BOOT_FAIL':
      return { label: trans.__('Node did not boot'), tone: 'bad' };
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
      // A state of a Slurm newer than this list is shown as Slurm calls it.
      return { label: state, tone: 'unknown' };
  }
}
