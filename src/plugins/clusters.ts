import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { SlurmServer } from '../api/request';
// Activation needs it at once: it is what is provided or added to the shell.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { ClustersModel } from '../models/clusters';
import { ISlurmClusters } from '../tokens';

/** Provides the clusters. They are asked for when somebody first looks, not before. */
export const clustersPlugin: JupyterFrontEndPlugin<ISlurmClusters> = {
  id: 'jupyter-slurm-rest:clusters',
  description: 'Provides the Slurm clusters that the server is configured for.',
  autoStart: true,
  provides: ISlurmClusters,
  activate: (app: JupyterFrontEnd): ISlurmClusters =>
    new ClustersModel({ server: new SlurmServer(app.serviceManager.serverSettings) })
};
