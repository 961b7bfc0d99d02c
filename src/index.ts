import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { clustersPlugin } from './plugins/clusters';
import { panelPlugin } from './plugins/panel';

export { ISlurmClusters } from './tokens';

/** Every plugin of the extension. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [clustersPlugin, panelPlugin];

export default plugins;
