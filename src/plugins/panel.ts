import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { SidePanel } from '@jupyterlab/ui-components';

/** Adds the Slurm panel to the left area. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-slurm-rest:panel',
  description: 'Adds the Slurm panel to the left area.',
  autoStart: true,
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_slurm_rest');
    const panel = new SidePanel({ translator: translator ?? nullTranslator });
    panel.id = 'jupyter-slurm-rest-panel';
    panel.title.label = trans.__('Slurm');
    panel.title.caption = trans.__('Slurm: queue and nodes');
    app.shell.add(panel, 'left', { rank: 600, type: 'Slurm' });
    restorer?.add(panel, panel.id);
  }
};
