import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../command-ids';
import { MainArea } from '../components/main-area';
import { withErrorDialog } from '../dialogs/errors';
import { slurmIcon } from '../icons';
import { findRemedy } from '../token/remedy';
import { ISlurmClusters } from '../tokens';
import type { AccountPanel } from './widget';

/** Shows the user's accounts, limits, QOS and fairshare in the main area. */
export const accountPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-slurm-rest:account',
  description: 'Shows accounts, QOS, limits and fairshare in the main area.',
  autoStart: true,
  requires: [ISlurmClusters],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    clusters: ISlurmClusters,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    labShell: ILabShell | null
  ) => {
    const { commands } = app;
    translator ??= nullTranslator;
    const trans = translator.load('jupyter_slurm_rest');
    const tracker = new WidgetTracker<MainAreaWidget<AccountPanel>>({
      namespace: 'jupyter-slurm-rest-account'
    });

    const area = new MainArea({ app, labShell, tracker, trans, type: 'Slurm account' });

    const make = async (cluster: string) => {
      const [{ AccountPanel }, { AccountModel }] = await Promise.all([
        import('./widget'),
        import('./model')
      ]);
      const model = new AccountModel({ server: clusters.server, cluster });
      const content = new AccountPanel(
        model,
        error => findRemedy(error, cluster, clusters, commands, trans),
        trans
      );
      content.id = `jupyter-slurm-rest-account-${cluster}`;
      const widget = new MainAreaWidget({ content, translator: translator ?? nullTranslator });
      widget.title.label = trans.__('My Slurm account');
      widget.title.caption = trans.__('My account on %1', cluster);
      // MainAreaWidget labels every content "main area content".
      content.node.setAttribute('aria-label', widget.title.caption);
      widget.title.icon = slurmIcon;
      widget.title.closable = true;
      widget.toolbar.hide();
      return widget;
    };

    commands.addCommand(CommandIDs.showAccount, {
      label: trans.__('Show My Slurm Account'),
      caption: trans.__('My accounts, limits, QOS and fairshare'),
      icon: slurmIcon,
      describedBy: {
        args: {
          type: 'object',
          additionalProperties: false,
          properties: {
            cluster: {
              type: 'string',
              description: trans.__(
                'The name of the cluster; default: the cluster that the panel shows'
              )
            }
          }
        }
      },
      execute: withErrorDialog(trans.__('Could not show the account'), trans, async args => {
        let cluster = typeof args.cluster === 'string' ? args.cluster : clusters.current;
        if (cluster === null) {
          await clusters.load();
          cluster = clusters.current;
        }
        if (cluster === null) {
          throw clusters.error ?? new Error(trans.__('No Slurm cluster is configured.'));
        }
        const chosen = cluster;
        return area.open(`jupyter-slurm-rest-account-${chosen}-main`, () => make(chosen));
      })
    });
    clusters.jobsChanged.connect((_, cluster) => {
      // Emitted for a new token as well, which may make the account readable.
      tracker.forEach(({ content: { model } }) => {
        if (model.cluster === cluster && model.poller.error !== null) {
          void model.poller.refresh();
        }
      });
    }, tracker);
    palette?.addItem({ command: CommandIDs.showAccount, category: trans.__('Slurm') });

    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.showAccount,
        args: ({ content }) => ({ cluster: content.model.cluster }),
        name: ({ content }) => content.model.cluster
      });
    }
  }
};
