import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  copyIcon,
  editIcon,
  type LabIcon,
  launchIcon,
  pauseIcon,
  redoIcon,
  runIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Action } from '../api/job';
import type { IActionResult, IJobSummary } from '../api/types';
import { CommandIDs, JobCommandIDs } from '../command-ids';
import { shown } from '../dialogs/errors';
import { fitsRow, type JobCommand } from '../job/actions';
import type { PanelModel } from '../panel/model';

/** Nothing may be given: they act on what is selected in the panel. */
const NO_ARGUMENTS = { type: 'object', additionalProperties: false, properties: {} };

/** Jobs that are opened at once; each is a tab that reads every few seconds. */
const MOST_OPENED = 5;

/** Opens `jobs`, of many only the first few. */
export async function openJobs(
  commands: CommandRegistry,
  cluster: string | null,
  jobs: readonly { id: string }[],
  trans: TranslationBundle,
  more: ReadonlyPartialJSONObject = {}
): Promise<void> {
  for (const { id } of jobs.slice(0, MOST_OPENED)) {
    await commands.execute(CommandIDs.openJob, { cluster, id, ...more });
  }
  if (jobs.length > MOST_OPENED) {
    Notification.info(
      trans.__('The first %1 of %2 selected jobs were opened.', MOST_OPENED, jobs.length),
      { autoClose: 5000 }
    );
  }
}

/** Adds the commands on the jobs that are selected in the panel: those of a row's menu. */
export function addSelectionCommands(options: {
  commands: CommandRegistry;
  model: PanelModel;
  trans: TranslationBundle;
}): void {
  const { commands, model, trans } = options;
  const { clusters } = model;
  const ids: string[] = [CommandIDs.cancelJobs];
  model.selectionChanged.connect(() => {
    ids.forEach(id => commands.notifyCommandChanged(id));
  }, commands);

  const add = (
    id: string,
    words: { label: string; caption: string; icon?: LabIcon },
    jobs: () => IJobSummary[],
    task: (cluster: string, jobs: IJobSummary[]) => unknown
  ) => {
    ids.push(id);
    commands.addCommand(id, {
      ...words,
      describedBy: { args: NO_ARGUMENTS },
      isEnabled: () => jobs().length > 0,
      isVisible: () => jobs().length > 0,
      execute: shown(words.label, trans, async () => {
        const { cluster } = model.list;
        const chosen = jobs();
        return cluster === null || chosen.length === 0 ? undefined : task(cluster, chosen);
      })
    });
  };
  const all = () => model.selected;
  const one = () => (model.selected.length === 1 ? model.selected : []);
  /** Those of the queue that the command makes sense for: what is over may be forgotten. */
  const fitting = (command: JobCommand) => () =>
    model.list === model.queue ? model.selected.filter(job => fitsRow(command, job)) : [];

  const act = async (
    action: Action,
    cluster: string,
    jobs: readonly IJobSummary[],
    done: string,
    refused: (count: number) => string
  ) => {
    try {
      const { results } = await clusters.server.send<{ results: IActionResult[] }>(
        'POST',
        ['clusters', cluster, 'jobs', 'actions'],
        { action, job_ids: jobs.map(job => job.id) }
      );
      const { report } = await import('../dialogs/job-actions');
      await report({ results, jobs, done, refused, trans });
    } finally {
      clusters.emitJobsChanged(cluster);
    }
  };

  add(
    CommandIDs.openSelected,
    {
      label: trans.__('Open Slurm Job'),
      caption: trans.__('Show everything about the selected jobs')
    },
    all,
    (cluster, jobs) => openJobs(commands, cluster, jobs, trans)
  );
  add(
    CommandIDs.showOutput,
    { label: trans.__('Show Output'), caption: trans.__('Show the output of the selected jobs') },
    all,
    (cluster, jobs) => openJobs(commands, cluster, jobs, trans, { tab: 'output' })
  );
  add(
    CommandIDs.holdSelected,
    {
      label: trans.__('Hold'),
      caption: trans.__('Keep the selected jobs from starting'),
      icon: pauseIcon
    },
    fitting('hold'),
    (cluster, jobs) =>
      act('hold', cluster, jobs, trans._n('%1 job held', '%1 jobs held', jobs.length), count =>
        trans.__('%1 of %2 jobs could not be held', count, jobs.length)
      )
  );
  add(
    CommandIDs.releaseSelected,
    { label: trans.__('Release'), caption: trans.__('Let the selected jobs start'), icon: runIcon },
    fitting('release'),
    (cluster, jobs) =>
      act(
        'release',
        cluster,
        jobs,
        trans._n('%1 job released', '%1 jobs released', jobs.length),
        count => trans.__('%1 of %2 jobs could not be released', count, jobs.length)
      )
  );
  add(
    CommandIDs.requeueSelected,
    {
      label: trans.__('Requeue…'),
      caption: trans.__('Stop the selected jobs and put them back into the queue'),
      icon: redoIcon
    },
    fitting('requeue'),
    async (cluster, jobs) => {
      const { confirmRequeue } = await import('../dialogs/job-actions');
      if (await confirmRequeue(jobs, trans)) {
        await act(
          'requeue',
          cluster,
          jobs,
          trans._n('%1 job requeued', '%1 jobs requeued', jobs.length),
          count => trans.__('%1 of %2 jobs could not be requeued', count, jobs.length)
        );
      }
    }
  );
  add(
    CommandIDs.changeSelected,
    {
      label: trans.__('Change…'),
      caption: trans.__('Change the time limit, partition, name and more of the selected job'),
      icon: editIcon
    },
    () => one().filter(job => fitting('change')().includes(job)),
    (cluster, [{ id }]) => commands.execute(JobCommandIDs.change, { cluster, id })
  );
  add(
    CommandIDs.resubmitSelected,
    {
      label: trans.__('Submit Again…'),
      caption: trans.__('Open the submit form with the script of the selected job'),
      icon: launchIcon
    },
    one,
    (cluster, [{ id }]) => commands.execute(JobCommandIDs.resubmit, { cluster, id })
  );
  add(
    CommandIDs.copyIds,
    {
      label: trans.__('Copy Job Id'),
      caption: trans.__('Copy the ids of the selected jobs'),
      icon: copyIcon
    },
    all,
    (_, jobs) => {
      Clipboard.copyToSystem(jobs.map(({ id }) => id).join(' '));
    }
  );
}
