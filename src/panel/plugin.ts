import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';

import { CommandIDs } from '../command-ids';
import { withErrorDialog } from '../dialogs/errors';
import { slurmIcon } from '../icons';
import { ISlurmClusters } from '../tokens';
/* eslint-disable jupyter/prefer-lazy-imports -- they are provided, or added to the shell, at once */
import { SlurmServer } from '../api/request';
import { addJobListCommands } from '../jobs/commands';
import { ColumnChoice } from '../table/column-choice';
import { ClustersModel } from './clusters';
import { PanelModel } from './model';
import { SlurmPanel } from './widget';
/* eslint-enable jupyter/prefer-lazy-imports */

const PLUGIN_ID = 'jupyter-slurm-rest:panel';

const NO_ARGUMENTS = { type: 'object', additionalProperties: false, properties: {} };

/** The key of the chosen cluster's name in the state database. */
const STATE_KEY = 'jupyter-slurm-rest:cluster';

/** Provides the clusters. They are read when something first needs them. */
export const clustersPlugin: JupyterFrontEndPlugin<ISlurmClusters> = {
  id: 'jupyter-slurm-rest:clusters',
  description: 'Provides the Slurm clusters that the server is configured for.',
  autoStart: true,
  provides: ISlurmClusters,
  optional: [IStateDB],
  activate: (app: JupyterFrontEnd, state: IStateDB | null): ISlurmClusters =>
    new ClustersModel({
      server: new SlurmServer(app.serviceManager.serverSettings),
      store: state ? storeIn(state) : undefined
    })
};

function storeIn(state: IStateDB): ClustersModel.IStore {
  return {
    load: async () => {
      const name = await state.fetch(STATE_KEY).catch(() => undefined);
      return typeof name === 'string' ? name : null;
    },
    save: name => {
      state.save(STATE_KEY, name).catch(reason => {
        console.warn('The chosen Slurm cluster could not be kept.', reason);
      });
    }
  };
}

/** Keeps the columns that the user chose for a list. */
function columnsIn(state: IStateDB, list: string): ColumnChoice.IStore {
  const key = `jupyter-slurm-rest:columns:${list}`;
  return {
    load: () => state.fetch(key),
    save: value => {
      state.save(key, value).catch(reason => {
        console.warn('The chosen columns could not be kept.', reason);
      });
    }
  };
}

/** Adds the Slurm panel to the left area, with its commands. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Adds the Slurm panel to the left area.',
  autoStart: true,
  requires: [ISlurmClusters],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette, ILauncher, ISettingRegistry, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    clusters: ISlurmClusters,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    settingRegistry: ISettingRegistry | null,
    state: IStateDB | null
  ) => {
    translator ??= nullTranslator;
    const trans = translator.load('jupyter_slurm_rest');
    const model = new PanelModel({
      clusters: clusters as ClustersModel,
      events: app.serviceManager.events.stream
    });
    const { commands } = app;
    commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show the Slurm Queue'),
      caption: trans.__('Show the queue and the nodes of the Slurm cluster'),
      icon: slurmIcon,
      describedBy: { args: NO_ARGUMENTS },
      execute: () => app.shell.activateById(panel.id)
    });
    // How many are under way.
    let refreshes = 0;
    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh the Slurm Panel'),
      caption: () => (refreshes > 0 ? trans.__('Refreshing…') : trans.__('Refresh')),
      className: () => (refreshes > 0 ? 'jp-SlurmBusy' : ''),
      icon: refreshIcon,
      describedBy: { args: NO_ARGUMENTS },
      execute: withErrorDialog(trans.__('Could not refresh the panel'), trans, async () => {
        refreshes += 1;
        commands.notifyCommandChanged(CommandIDs.refresh);
        try {
          await model.refresh();
        } finally {
          refreshes -= 1;
          commands.notifyCommandChanged(CommandIDs.refresh);
        }
      })
    });
    addJobListCommands({ commands, lists: model, trans });
    const panel = new SlurmPanel({
      model,
      columns: {
        queue: new ColumnChoice(state ? columnsIn(state, 'queue') : undefined),
        history: new ColumnChoice(state ? columnsIn(state, 'history') : undefined)
      },
      commands,
      translator
    });
    app.shell.add(panel, 'left', { rank: 600, type: 'Slurm' });
    restorer?.add(panel, panel.id);

    const category = trans.__('Slurm');
    for (const command of [CommandIDs.showPanel, CommandIDs.refresh, CommandIDs.cancelJobs]) {
      palette?.addItem({ command, category });
    }
    launcher?.add({ command: CommandIDs.showPanel, category, rank: 2 });

    settingRegistry
      ?.load(PLUGIN_ID)
      .then(settings => {
        const apply = () => {
          model.interval = settings.get('refreshInterval').composite as number;
        };
        panel.scope = settings.get('defaultScope').composite === 'all' ? 'all' : 'mine';
        apply();
        settings.changed.connect(apply, model);
      })
      .catch(reason => {
        // The defaults of the models apply.
        console.error(`The settings of ${PLUGIN_ID} could not be read.`, reason);
      });
  }
};
