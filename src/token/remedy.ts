import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { ApiError } from '../api/request';
import type { IClusterInfo } from '../api/types';
import { CommandIDs } from '../command-ids';
import type { IRemedy } from '../components/remedy';
import { runCommand } from '../dialogs/errors';
import type { ISlurmClusters } from '../tokens';

/** What helps against an error about the token. */
type TokenRemedy = 'paste' | 'login' | 'restart';

/** The seconds before a token expires in which the user is warned. */
const WARNING_TIME = 10 * 60;

/** JupyterLab's own command, which is there on a hub. */
const HUB_RESTART = 'hub:restart';

/** Token sources that do not renew the token. */
const NOT_RENEWED = ['env', 'pasted', 'none'];

/** What helps against `error`; null if it is not about the token, or nothing here helps. */
export function tokenRemedy(error: ApiError, info: IClusterInfo | null): TokenRemedy | null {
  switch (error.action) {
    case 'paste':
    case 'login':
      return error.action;
    case 'restart':
      // A new token can be pasted where the server only reads one when it starts.
      return info !== null && NOT_RENEWED.includes(info.token_source) ? 'paste' : 'restart';
    case '':
      // Slurm rejected the token. A source that renews tokens was already asked again.
      return ['token_missing', 'token_rejected', 'token_expired'].includes(error.reason) &&
        (info === null || NOT_RENEWED.includes(info.token_source))
        ? 'paste'
        : null;
    default:
      return null;
  }
}

/** When the token expires, if that is soon and it is not renewed: seconds since the epoch. */
export function expiresSoon(info: IClusterInfo, now: number): number | null {
  const end = info.token_expires_at;
  return end !== null && NOT_RENEWED.includes(info.token_source) && end - now < WARNING_TIME
    ? end
    : null;
}

/** The button or the advice that helps against `error` on `cluster`. */
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
      return (
        offer(trans.__('Restart server…'), HUB_RESTART) ?? {
          advice: trans.__('Restart your Jupyter server.')
        }
      );
    case null:
      return null;
  }
}
