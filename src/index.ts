import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { accountPlugin } from './plugins/account';
import { clustersPlugin } from './plugins/clusters';
import { jobPlugin } from './plugins/job';
import { notificationsPlugin } from './plugins/notifications';
import { panelPlugin } from './plugins/panel';
import { submitPlugin } from './plugins/submit';
import { tokenPlugin } from './plugins/token';

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
