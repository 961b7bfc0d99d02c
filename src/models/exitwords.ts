import type { TranslationBundle } from '@jupyterlab/translation';

import type { IExitCode } from '../api/vocabulary';

/** How a script ended, in a word or two: its exit code, or the signal that ended it. */
export function exitWords(exit: IExitCode, trans: TranslationBundle): string {
  if (exit.signal !== 0 && exit.signal_name !== '') {
    return trans.__('ended by signal %1', exit.signal_name);
  }
  return trans.__('exit code %1', exitPair(exit));
}

/** The exit code in Slurm's way: `3`, or `0:53` where there was a signal. */
export function exitPair(exit: IExitCode): string {
  return exit.signal === 0 ? String(exit.code) : `${exit.code}:${exit.signal}`;
}

/** Whether the exit code says anything that the state does not. */
export function tellsExit(state: string): boolean {
  return state === 'COMPLETED' || state === 'FAILED';
}
