import { Notification } from '@jupyterlab/apputils';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { deleteToken, listClusters, putToken } from '../api/clusters';
import type { IClusterInfo } from '../api/types';
import { CommandIDs } from '../command-ids';
import { withErrorDialog } from '../dialogs/errors';
import type { ISlurmClusters } from '../tokens';

/** Adds the commands about the user's Slurm token. */
export function addTokenCommands(
  commands: CommandRegistry,
  clusters: ISlurmClusters,
  trans: TranslationBundle
): void {
  const args = {
    type: 'object',
    additionalProperties: false,
    properties: {
      cluster: {
        type: 'string',
        description: trans.__('The name of the cluster; default: the cluster that the panel shows')
      }
    }
  };
  const named = (given: ReadonlyPartialJSONObject) =>
    typeof given.cluster === 'string' ? given.cluster : clusters.current;
  const onTokenChanged = (info: IClusterInfo) => {
    clusters.update(info);
    clusters.emitJobsChanged(info.name);
  };

  commands.addCommand(CommandIDs.pasteToken, {
    label: trans.__('Paste a Slurm Token…'),
    caption: trans.__('Use your own token until the Jupyter server stops'),
    describedBy: { args },
    execute: withErrorDialog(trans.__('Could not use the token'), trans, async given => {
      await clusters.load();
      const cluster = named(given);
      if (cluster === null) {
        throw clusters.error ?? new Error(trans.__('No Slurm cluster is configured.'));
      }
      const { pasteToken } = await import('./paste-dialog');
      const info = await pasteToken(
        cluster,
        token => putToken(clusters.server, cluster, token),
        trans
      );
      if (info !== null) {
        onTokenChanged(info);
        Notification.success(
          info.user
            ? trans.__('Authenticated as %1 on %2.', info.user, cluster)
            : trans.__('The token for %1 was accepted.', cluster),
          { autoClose: 4000 }
        );
      }
      return info !== null;
    })
  });

  const pasted = (given: ReadonlyPartialJSONObject) =>
    clusters.clusters?.find(({ name }) => name === named(given))?.token_source === 'pasted';

  commands.addCommand(CommandIDs.forgetToken, {
    label: trans.__('Remove the Pasted Slurm Token'),
    caption: trans.__('Use the configured token provider again'),
    describedBy: { args },
    isEnabled: pasted,
    execute: withErrorDialog(trans.__('Could not remove the token'), trans, async given => {
      const cluster = named(given);
      if (cluster === null) {
        return;
      }
      await deleteToken(clusters.server, cluster);
      const infos = await listClusters(clusters.server);
      infos.filter(({ name }) => name === cluster).forEach(onTokenChanged);
    })
  });

  commands.addCommand(CommandIDs.logIn, {
    label: trans.__('Log in to the Hub Again'),
    caption: trans.__('Open the login page of the hub in a new tab'),
    describedBy: { args },
    isEnabled: () => PageConfig.getOption('hubPrefix') !== '',
    execute: () => {
      const page = URLExt.join(
        PageConfig.getOption('hubHost'),
        PageConfig.getOption('hubPrefix'),
        'login'
      );
      window.open(page, '_blank', 'noopener');
    }
  });

  clusters.changed.connect(() => {
    commands.notifyCommandChanged(CommandIDs.forgetToken);
  }, commands);
}
