import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { ApiError } from '../api/request';
import type { IClusterInfo } from '../api/vocabulary';
import type { IOffer } from '../components/remedy';
import { remedyFor } from '../models/remedy';
import { CommandIDs } from './ids';

/** The button or the sentence that helps against `error` on the cluster of `info`. */
export function offerRemedy(
  error: ApiError,
  info: IClusterInfo | null,
  commands: CommandRegistry,
  trans: TranslationBundle
): IOffer | null {
  const offer = (label: string, command: string) =>
    commands.isEnabled(command)
      ? { action: { label, run: () => void commands.execute(command, { cluster: info?.name }) } }
      : null;
  switch (remedyFor(error, info)) {
    case 'paste':
      return offer(trans.__('Paste a token…'), CommandIDs.pasteToken);
    case 'login':
      return (
        offer(trans.__('Log in again'), CommandIDs.logIn) ?? {
          advice: trans.__('Log out and in again.')
        }
      );
    case 'restart':
      return { advice: trans.__('Stop your Jupyter server and start it again.') };
    case null:
      return null;
  }
}
