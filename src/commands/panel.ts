import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { slurmIcon } from '../icons';
import type { SlurmPanel } from '../panels/slurm';
import type { ISlurmClusters } from '../tokens';
import { CommandIDs } from './ids';

/** Nothing may be given. */
const NO_ARGUMENTS = { type: 'object', additionalProperties: false, properties: {} };

/** Register the commands of the panel. `panel` tells the panel once it is there. */
export function addPanelCommands(options: {
  app: JupyterFrontEnd;
  clusters: ISlurmClusters;
  panel: () => SlurmPanel;
  trans: TranslationBundle;
}): void {
  const { app, clusters, panel, trans } = options;
  const { commands } = app;

  commands.addCommand(CommandIDs.showPanel, {
    label: trans.__('Show the Slurm Queue'),
    caption: trans.__('The queue and the nodes of the Slurm cluster'),
    icon: slurmIcon,
    describedBy: { args: NO_ARGUMENTS },
    execute: () => app.shell.activateById(panel().id)
  });

  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh the Slurm Panel'),
    caption: trans.__('Read what is in sight anew'),
    icon: refreshIcon,
    describedBy: { args: NO_ARGUMENTS },
    execute: () => panel().refresh()
  });

  commands.addCommand(CommandIDs.openSelected, {
    label: trans.__('Open Slurm Job'),
    caption: trans.__('Show everything about the selected jobs'),
    describedBy: { args: NO_ARGUMENTS },
    isEnabled: () => panel().queue.selection.size > 0,
    execute: async () => {
      const { queue } = panel();
      for (const { id } of queue.selection.jobs) {
        await commands.execute(CommandIDs.openJob, { cluster: queue.cluster, id });
      }
    }
  });

  commands.addCommand(CommandIDs.cancelJobs, {
    label: trans.__('Cancel Slurm Jobs…'),
    caption: trans.__('Cancel the selected jobs'),
    icon: closeIcon,
    describedBy: {
      args: {
        type: 'object',
        additionalProperties: false,
        properties: {
          cluster: { type: 'string', description: trans.__('The name of the cluster') },
          ids: {
            type: 'array',
            items: { type: 'string' },
            description: trans.__('The ids of the jobs; the selected ones when left out')
          }
        }
      }
    },
    isEnabled: args => 'ids' in args || panel().queue.selection.size > 0,
    execute: async args => {
      const target = targetOf(args, panel());
      if (target === null) {
        return null;
      }
      const { cancelJobs } = await import('./cancel');
      const results = await cancelJobs({ ...target, server: clusters.server, trans });
      clusters.emitJobsChanged(target.cluster);
      return results as unknown as ReadonlyPartialJSONObject[];
    }
  });
}

/** The jobs that the arguments name, or the selected ones. */
function targetOf(
  args: ReadonlyPartialJSONObject,
  panel: SlurmPanel
): { cluster: string; jobs: { id: string; name?: string }[] } | null {
  const { queue } = panel;
  const cluster = typeof args.cluster === 'string' ? args.cluster : queue.cluster;
  const jobs = Array.isArray(args.ids)
    ? args.ids.map(id => ({ id: String(id), name: queue.known.find(job => job.id === id)?.name }))
    : queue.selection.jobs;
  return cluster === null || jobs.length === 0 ? null : { cluster, jobs };
}
