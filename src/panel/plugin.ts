import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../command-ids';
// Commands must be there at once; what they do is loaded later.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { addPanelCommands } from './commands';
import type { ClustersModel } from './clusters';
/* eslint-disable jupyter/prefer-lazy-imports -- the panel must be in the shell at once */
import { PanelModel } from './model';
import { SlurmPanel } from './widget';
/* eslint-enable jupyter/prefer-lazy-imports */
import { ISlurmClusters } from '../tokens';

const PLUGIN_ID = 'jupyter-slurm-rest:panel';

/** Adds the Slurm panel to the left area, and what opens it. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Adds the Slurm panel to the left area.',
  autoStart: true,
  requires: [ISlurmClusters],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette, ILauncher, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    clusters: ISlurmClusters,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    settingRegistry: ISettingRegistry | null
  ) => {
    translator ??= nullTranslator;
    const trans = translator.load('jupyter_slurm_rest');
    const model = new PanelModel({
      clusters: clusters as ClustersModel,
      events: app.serviceManager.events.stream
    });
    addPanelCommands({
      commands: app.commands,
      model,
      show: () => app.shell.activateById(panel.id),
      trans
    });
    const panel = new SlurmPanel({ model, commands: app.commands, translator });
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
        // The defaults of the models hold.
        console.error(`The settings of ${PLUGIN_ID} could not be read.`, reason);
      });
  }
};
