import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../command-ids';
import { ISlurmClusters } from '../tokens';
// Commands are registered at once; what they do is loaded later.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { addTokenCommands } from './commands';

/** Lets the user paste a token, or log in to get one. */
export const tokenPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-slurm-rest:token',
  description: 'Lets the user paste a Slurm token, or log in again to get one.',
  autoStart: true,
  requires: [ISlurmClusters],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    clusters: ISlurmClusters,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_slurm_rest');
    addTokenCommands(app.commands, clusters, trans);
    const category = trans.__('Slurm');
    for (const command of [CommandIDs.pasteToken, CommandIDs.forgetToken]) {
      palette?.addItem({ command, category });
    }
  }
};
