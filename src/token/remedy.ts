import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { ApiError } from '../api/request';
import type { IClusterInfo } from '../api/types';
import { CommandIDs } from '../command-ids';
import type { IRemedy } from '../components/remedy';
import { runCommand } from '../dialogs/errors';
import type { ISlurmClusters } from '../tokens';

/** The one thing that helps against trouble with the token. */
type Remedy = 'paste' | 'login' | 'restart';

/** Seconds before a token's end from when on it is worth a word. */
const SOON = 10 * 60;

/** Sources that hold one token and get no newer one by themselves. */
const LASTING = ['env', 'pasted', 'none'];

/** What helps against `error`; null when it is not about the token or nothing here helps. */
export function tokenRemedy(error: ApiError, info: IClusterInfo | null): Remedy | null {
  switch (error.action) {
    case 'paste':
    case 'login':
    case 'restart':
      return error.action;
    case '':
      // Slurm itself refused the token. A source that renews it was asked again already.
      return ['token_missing', 'token_rejected', 'token_expired'].includes(error.reason) &&
        (info === null || LASTING.includes(info.token_source))
        ? 'paste'
        : null;
    default:
      return null;
  }
}

/** When the token runs out, if that is soon and nobody will renew it: seconds since the epoch. */
export function expiresSoon(info: IClusterInfo, now: number): number | null {
  const end = info.token_expires_at;
  return end !== null && LASTING.includes(info.token_source) && end - now < SOON ? end : null;
}

/** The button or the sentence that helps against `error` on `cluster`. */
export function findRemedy(
  error: ApiError,
  cluster: string | null,
  clusters: ISlurmClusters,
  commands: CommandRegistry,
  trans: TranslationBundle
): IRemedy | null {
  const info = clusters.clusters?.find(({ name }) => name === cluster) ?? null;
  const offer = (label: string, command: string) =>
    commands.isEnabled(command)
      ? { action: { label, run: () => runCommand(commands, command, { cluster }) } }
      : null;
  switch (tokenRemedy(error, info)) {
    case 'paste':
      return offer(trans.__('Paste a token…'), CommandIDs.pasteToken);
    case 'login':
      return (
        offer(trans.__('Log in again'), CommandIDs.logIn) ?? {
          advice: trans.__('Log out and log in again.')
        }
      );
    case 'restart':
      return { advice: trans.__('Restart your Jupyter server.') };
    case null:
      return null;
  }
}
