import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';

import { SlurmServer } from '../api/request';
// Activation needs it at once: it is what is provided or added to the shell.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { ClustersModel } from '../models/clusters';
import { ISlurmClusters } from '../tokens';

/** Where the chosen cluster's name is kept. */
const STATE_KEY = 'jupyter-slurm-rest:cluster';

/** Provides the clusters. They are asked for when somebody first looks, not before. */
export const clustersPlugin: JupyterFrontEndPlugin<ISlurmClusters> = {
  id: 'jupyter-slurm-rest:clusters',
  description: 'Provides the Slurm clusters that the server is configured for.',
  autoStart: true,
  provides: ISlurmClusters,
  optional: [IStateDB],
  activate: (app: JupyterFrontEnd, state: IStateDB | null): ISlurmClusters =>
    new ClustersModel({
      server: new SlurmServer(app.serviceManager.serverSettings),
      memory: state ? memoryIn(state) : undefined
    })
};

function memoryIn(state: IStateDB): ClustersModel.IMemory {
  return {
    recall: async () => {
      const name = await state.fetch(STATE_KEY).catch(() => undefined);
      return typeof name === 'string' ? name : null;
    },
    keep: name => {
      state.save(STATE_KEY, name).catch(reason => {
        console.warn('The chosen Slurm cluster could not be kept.', reason);
      });
    }
  };
}
