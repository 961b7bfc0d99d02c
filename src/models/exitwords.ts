import type { TranslationBundle } from '@jupyterlab/translation';

import type { IExitCode } from '../api/vocabulary';

/** How a job or step ended, in a word or two: its exit code, or the signal that ended it. */
export function exitWords(exit: IExitCode, trans: TranslationBundle): string {
  if (exit.signal !== 0) {
    return trans.__('ended by signal %1', exit.signal_name || exit.signal);
  }
  return trans.__('exit code %1', exit.code);
}
