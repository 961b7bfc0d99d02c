import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  copyIcon,
  editIcon,
  type LabIcon,
  launchIcon,
  pauseIcon,
  redoIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import { type Action, actOnJobs } from '../api/jobs';
import type { IJobSummary } from '../api/types';
import { CommandIDs, JobCommandIDs } from '../command-ids';
import { withErrorDialog } from '../dialogs/errors';
import type { INamedJob } from '../dialogs/job-actions';
import { isApplicableToRow, type JobCommand } from '../job/actions';
import type { IJobListModel } from '../table/job-list';
import type { ISlurmClusters } from '../tokens';

const NO_ARGUMENTS = { type: 'object', additionalProperties: false, properties: {} };

/** The most jobs that are opened at once: each is a tab that polls. */
const MAX_OPENED = 5;

/** What the commands act on. */
interface IJobLists {
  readonly clusters: ISlurmClusters;
  /** The list of jobs that was used last. */
  readonly list: IJobListModel;
  /** The queue that was used last. */
  readonly queue: IJobListModel;
  /** Emitted when other jobs are selected. */
  readonly selectionChanged: ISignal<unknown, void>;
}

/** Opens `jobs`; only the first few if there are many. */
export async function openJobs(
  commands: CommandRegistry,
  cluster: string | null,
  jobs: readonly { id: string }[],
  trans: TranslationBundle,
  args: ReadonlyPartialJSONObject = {}
): Promise<void> {
  for (const { id } of jobs.slice(0, MAX_OPENED)) {
    await commands.execute(CommandIDs.openJob, { cluster, id, ...args });
  }
  if (jobs.length > MAX_OPENED) {
    Notification.info(
      trans.__('The first %1 of %2 selected jobs were opened.', MAX_OPENED, jobs.length),
      { autoClose: 5000 }
    );
  }
}

/** Adds the commands on the selected jobs: those of a row's context menu and of the toolbar. */
export function addJobListCommands(options: {
  commands: CommandRegistry;
  lists: IJobLists;
  trans: TranslationBundle;
}): void {
  const { commands, lists, trans } = options;
  const { clusters } = lists;
  const ids: string[] = [CommandIDs.cancelJobs];
  lists.selectionChanged.connect(() => {
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
      execute: withErrorDialog(words.label, trans, async () => {
        const { cluster } = lists.list;
        const chosen = jobs();
        return cluster === null || chosen.length === 0 ? undefined : task(cluster, chosen);
      })
    });
  };
  const selected = () => lists.list.selection.jobs;
  const single = () => (selected().length === 1 ? selected() : []);
  /** Selected jobs of the queue that the command applies to; Slurm may have forgotten others. */
  const applicable = (command: JobCommand) => () =>
    lists.list === lists.queue ? selected().filter(job => isApplicableToRow(command, job)) : [];

  const act = async (
    action: Action,
    cluster: string,
    jobs: readonly IJobSummary[],
    done: string,
    refused: (count: number) => string
  ) => {
    try {
      const jobIds = jobs.map(job => job.id);
      const results = await actOnJobs(clusters.server, cluster, action, jobIds);
      const { showResults } = await import('../dialogs/job-actions');
      await showResults({ results, jobs, done, refused, trans });
    } finally {
      clusters.emitJobsChanged(cluster);
    }
  };

  /** Asks before something is done to several jobs; one job can as easily be changed back. */
  const confirmed = async (
    title: string,
    text: string,
    accept: string,
    jobs: readonly IJobSummary[]
  ): Promise<boolean> => {
    const { confirmAction } = await import('../dialogs/job-actions');
    return jobs.length < 2 || confirmAction({ title, text, accept, jobs, trans });
  };

  add(
    CommandIDs.openSelected,
    {
      label: trans.__('Open Slurm Job'),
      caption: trans.__('Open the selected jobs in the main area')
    },
    selected,
    (cluster, jobs) => openJobs(commands, cluster, jobs, trans)
  );
  add(
    CommandIDs.showOutput,
    { label: trans.__('Show Output'), caption: trans.__('Show the output of the selected jobs') },
    selected,
    (cluster, jobs) => openJobs(commands, cluster, jobs, trans, { tab: 'output' })
  );
  add(
    CommandIDs.holdSelected,
    {
      label: trans.__('Hold'),
      caption: trans.__('Prevent the selected jobs from starting'),
      icon: pauseIcon
    },
    applicable('hold'),
    async (cluster, jobs) => {
      const title = trans._n('Hold %1 job?', 'Hold %1 jobs?', jobs.length);
      const text = trans.__('A held job does not start until it is released.');
      if (await confirmed(title, text, trans.__('Hold'), jobs)) {
        const done = trans._n('%1 job held', '%1 jobs held', jobs.length);
        await act('hold', cluster, jobs, done, count =>
          trans.__('%1 of %2 jobs could not be held', count, jobs.length)
        );
      }
    }
  );
  add(
    CommandIDs.releaseSelected,
    {
      label: trans.__('Release'),
      caption: trans.__('Allow the selected jobs to start'),
      icon: runIcon
    },
    applicable('release'),
    async (cluster, jobs) => {
      const title = trans._n('Release %1 job?', 'Release %1 jobs?', jobs.length);
      const text = trans.__('A released job starts when its turn comes.');
      if (await confirmed(title, text, trans.__('Release'), jobs)) {
        const done = trans._n('%1 job released', '%1 jobs released', jobs.length);
        await act('release', cluster, jobs, done, count =>
          trans.__('%1 of %2 jobs could not be released', count, jobs.length)
        );
      }
    }
  );
  add(
    CommandIDs.requeueSelected,
    {
      label: trans.__('Requeue…'),
      caption: trans.__('Stop the selected jobs and put them back into the queue'),
      icon: redoIcon
    },
    applicable('requeue'),
    async (cluster, jobs) => {
      const { confirmRequeue } = await import('../dialogs/job-actions');
      if (await confirmRequeue(jobs, trans)) {
        const done = trans._n('%1 job requeued', '%1 jobs requeued', jobs.length);
        await act('requeue', cluster, jobs, done, count =>
          trans.__('%1 of %2 jobs could not be requeued', count, jobs.length)
        );
      }
    }
  );
  add(
    CommandIDs.changeSelected,
    {
      label: trans.__('Change…'),
      caption: trans.__('Change the time limit, partition or other options of the selected job'),
      icon: editIcon
    },
    () => single().filter(job => applicable('change')().includes(job)),
    (cluster, [{ id }]) => commands.execute(JobCommandIDs.change, { cluster, id })
  );
  add(
    CommandIDs.resubmitSelected,
    {
      label: trans.__('Submit Again…'),
      caption: trans.__('Open the submit form with the script of the selected job'),
      icon: launchIcon
    },
    single,
    (cluster, [{ id }]) => commands.execute(JobCommandIDs.resubmit, { cluster, id })
  );
  add(
    CommandIDs.copyIds,
    {
      label: trans.__('Copy Job ID'),
      caption: trans.__('Copy the IDs of the selected jobs'),
      icon: copyIcon
    },
    selected,
    (_, jobs) => {
      Clipboard.copyToSystem(jobs.map(({ id }) => id).join(' '));
    }
  );
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
            description: trans.__('The job IDs; default: those of the selected jobs')
          }
        }
      }
    },
    isEnabled: args => 'ids' in args || applicable('cancel')().length > 0,
    execute: withErrorDialog(trans.__('Could not cancel the jobs'), trans, async args => {
      const { cluster, jobs } = jobsToCancel(args, lists.queue);
      if (cluster === null || jobs.length === 0) {
        return null;
      }
      const { cancelJobs } = await import('../dialogs/job-actions');
      const results = await cancelJobs({
        cluster,
        jobs,
        server: clusters.server,
        trans,
        onResponse: () => clusters.emitJobsChanged(cluster)
      });
      return results as unknown as ReadonlyPartialJSONObject[];
    })
  });
}

/** The jobs that the arguments name, or else the selected ones. */
function jobsToCancel(
  args: ReadonlyPartialJSONObject,
  queue: IJobListModel
): { cluster: string | null; jobs: INamedJob[] } {
  return {
    cluster: typeof args.cluster === 'string' ? args.cluster : queue.cluster,
    jobs: Array.isArray(args.ids)
      ? args.ids.map(id => queue.known.find(job => job.id === id) ?? { id: String(id) })
      : queue.selection.jobs.filter(job => isApplicableToRow('cancel', job))
  };
}
