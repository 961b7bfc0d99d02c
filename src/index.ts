import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { accountPlugin } from './account/plugin';
import { jobPlugin } from './job/plugin';
import { notificationsPlugin } from './notifications/plugin';
import { clustersPlugin, panelPlugin } from './panel/plugin';
import { submitPlugin } from './submit/plugin';
import { tokenPlugin } from './token/plugin';

export { ISlurmClusters } from './tokens';

/** Every plugin of the extension. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  clustersPlugin,
  panelPlugin,
  jobPlugin,
  submitPlugin,
  tokenPlugin,
  notificationsPlugin,
  accountPlugin
];

export default plugins;
