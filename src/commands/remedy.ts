import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { ApiError } from '../api/request';
import type { IOffer } from '../components/remedy';
import { remedyFor } from '../models/remedy';
import type { ISlurmClusters } from '../tokens';
import { run } from './failure';
import { CommandIDs } from './ids';

/** The button or the sentence that helps against `error` on `cluster`. */
export function offerRemedy(
  error: ApiError,
  cluster: string | null,
  clusters: ISlurmClusters,
  commands: CommandRegistry,
  trans: TranslationBundle
): IOffer | null {
  const info = clusters.clusters?.find(({ name }) => name === cluster) ?? null;
  const offer = (label: string, command: string) =>
    commands.isEnabled(command)
      ? { action: { label, run: () => run(commands, command, { cluster }) } }
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
