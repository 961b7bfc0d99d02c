import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon, stopIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs } from '../command-ids';
import { shown } from '../dialogs/errors';
import type { INamedJob } from '../dialogs/job-actions';
import { slurmIcon } from '../icons';
import { fitsRow } from '../job/actions';
import { addSelectionCommands } from '../jobs/commands';
import type { PanelModel } from './model';

/** Nothing may be given. */
const NO_ARGUMENTS = { type: 'object', additionalProperties: false, properties: {} };

/** Register the commands of the panel; `show` brings it to the front. */
export function addPanelCommands(options: {
  commands: CommandRegistry;
  model: PanelModel;
  show: () => void;
  trans: TranslationBundle;
}): void {
  const { commands, model, show, trans } = options;
  commands.addCommand(CommandIDs.showPanel, {
    label: trans.__('Show the Slurm Queue'),
    caption: trans.__('The queue and the nodes of the Slurm cluster'),
    icon: slurmIcon,
    describedBy: { args: NO_ARGUMENTS },
    execute: show
  });

  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh the Slurm Panel'),
    caption: trans.__('Refresh'),
    icon: refreshIcon,
    describedBy: { args: NO_ARGUMENTS },
    execute: shown(trans.__('The panel cannot be refreshed'), trans, () => model.refresh())
  });

  addSelectionCommands({ commands, model, trans });

  commands.addCommand(CommandIDs.cancelJobs, {
    label: trans.__('Cancel Slurm Jobs…'),
    caption: trans.__('Cancel the selected jobs'),
    icon: stopIcon,
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
    isEnabled: args =>
      'ids' in args ||
      (model.list === model.queue && model.selected.some(job => fitsRow('cancel', job))),
    execute: shown(trans.__('The jobs cannot be cancelled'), trans, async args => {
      const target = targetOf(args, model);
      if (target === null) {
        return null;
      }
      const { cancelJobs } = await import('../dialogs/job-actions');
      const { clusters } = model;
      const results = await cancelJobs({
        ...target,
        server: clusters.server,
        trans,
        onAnswer: () => clusters.emitJobsChanged(target.cluster)
      });
      return results as unknown as ReadonlyPartialJSONObject[];
    })
  });
}

/** The jobs that the arguments name, or the selected ones. */
function targetOf(
  args: ReadonlyPartialJSONObject,
  model: PanelModel
): { cluster: string; jobs: INamedJob[] } | null {
  const { queue } = model;
  const cluster = typeof args.cluster === 'string' ? args.cluster : queue.cluster;
  const jobs = Array.isArray(args.ids)
    ? args.ids.map(id => queue.known.find(job => job.id === id) ?? { id: String(id) })
    : queue.selection.jobs.filter(job => fitsRow('cancel', job));
  return cluster === null || jobs.length === 0 ? null : { cluster, jobs };
}
