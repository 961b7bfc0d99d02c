import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { panelPlugin } from './plugins/panel';

/** Every plugin of the extension. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [panelPlugin];

export default plugins;
