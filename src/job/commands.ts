import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  copyIcon,
  editIcon,
  type LabIcon,
  launchIcon,
  pauseIcon,
  redoIcon,
  refreshIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { type Action, JobApi } from '../api/jobs';
import { type Options, SubmitApi } from '../api/submit';
import { CommandIDs, JobCommandIDs } from '../command-ids';
import { withErrorDialog } from '../dialogs/errors';
import type { ISlurmClusters } from '../tokens';
import { isApplicable, type JobCommand } from './actions';
import { describeJobArguments, type IJobArguments, jobArguments } from './arguments';
import type { JobModel } from './model';

interface IJobCommandsOptions {
  commands: CommandRegistry;
  clusters: ISlurmClusters;
  /** Returns the model of an open job, or null. */
  find: (job: IJobArguments) => JobModel | null;
  trans: TranslationBundle;
}

/** Adds the commands on one job, which need not be open. */
export function addJobCommands(options: IJobCommandsOptions): void {
  const { clusters, commands, find, trans } = options;

  /** Shows the result in a notification, and has every view of the job refreshed. */
  const notifyResult = async (
    args: IJobArguments,
    title: string,
    task: () => Promise<string>
  ): Promise<void> => {
    try {
      Notification.success(trans.__('%1: %2', title, await task()), { autoClose: 5000 });
    } catch (error) {
      const { errorText } = await import('../words/errors');
      Notification.error(trans.__('%1: %2', title, errorText(error, trans)), { autoClose: false });
    }
    clusters.emitJobsChanged(args.cluster);
  };

  const act = (action: Action, args: IJobArguments) =>
    notifyResult(args, trans.__('Job %1', args.id), async () => {
      const model = find(args);
      const result = await (model
        ? model.act(action)
        : new JobApi(clusters.server, args.cluster, args.id).act(action));
      if (!result.ok) {
        throw new Error(result.message);
      }
      return result.message;
    });

  const add = (
    id: string,
    words: { label: string; caption: string; icon: LabIcon },
    task: (job: IJobArguments, args: ReadonlyPartialJSONObject) => Promise<unknown>,
    command?: JobCommand
  ) => {
    commands.addCommand(id, {
      ...words,
      describedBy: { args: describeJobArguments(trans) },
      isEnabled: args => {
        const named = jobArguments(args);
        if (named === null) {
          return false;
        }
        const model = find(named);
        // The state of a job that is not open is unknown: Slurm refuses if necessary.
        return (
          model === null ||
          command === undefined ||
          (model.job !== null && !model.busy && isApplicable(command, model.job))
        );
      },
      execute: withErrorDialog(words.label, trans, async (args: ReadonlyPartialJSONObject) => {
        const named = jobArguments(args);
        if (named === null) {
          throw new Error(trans.__('Specify a job: {"cluster": ..., "id": ...}'));
        }
        return task(named, args);
      })
    });
  };

  add(
    JobCommandIDs.cancel,
    {
      label: trans.__('Cancel'),
      caption: trans.__('Cancel this job'),
      icon: stopIcon
    },
    async ({ cluster, id }) => {
      const { cancelJobs } = await import('../dialogs/job-actions');
      const job = find({ cluster, id })?.job ?? { id };
      const { server } = clusters;
      const onResponse = () => clusters.emitJobsChanged(cluster);
      await cancelJobs({ server, cluster, jobs: [job], trans, onResponse });
    },
    'cancel'
  );
  add(
    JobCommandIDs.hold,
    {
      label: trans.__('Hold'),
      caption: trans.__('Prevent this job from starting'),
      icon: pauseIcon
    },
    args => act('hold', args),
    'hold'
  );
  add(
    JobCommandIDs.release,
    {
      label: trans.__('Release'),
      caption: trans.__('Allow this job to start'),
      icon: runIcon
    },
    args => act('release', args),
    'release'
  );
  add(
    JobCommandIDs.requeue,
    {
      label: trans.__('Requeue'),
      caption: trans.__('Stop this job and put it back into the queue'),
      icon: redoIcon
    },
    async args => {
      const { confirmRequeue } = await import('../dialogs/job-actions');
      if (await confirmRequeue([args], trans)) {
        await act('requeue', args);
      }
    },
    'requeue'
  );
  add(
    JobCommandIDs.change,
    {
      label: trans.__('Change…'),
      caption: trans.__('Change the time limit, partition or other options of this job'),
      icon: editIcon
    },
    async args => {
      const api = new JobApi(clusters.server, args.cluster, args.id);
      const model = find(args);
      const { changeJob } = await import('./change-dialog');
      const changed = await changeJob(
        model?.job ?? (await api.read()),
        async changes => {
          await (model ? model.change(changes) : api.change(changes));
        },
        trans
      );
      if (changed) {
        await notifyResult(args, trans.__('Job %1', args.id), () =>
          Promise.resolve(trans.__('changed'))
        );
      }
    },
    'change'
  );
  add(
    JobCommandIDs.resubmit,
    {
      label: trans.__('Submit again…'),
      caption: trans.__('Open the submit form with the script of this job'),
      icon: launchIcon
    },
    async (args, { changes }) => {
      const job =
        find(args)?.job ?? (await new JobApi(clusters.server, args.cluster, args.id).read());
      if (!job.script) {
        Notification.error(trans.__('Slurm does not have the script of job %1.', args.id));
        return;
      }
      let { script } = job;
      const options = (changes ?? {}) as Options;
      if (Object.keys(options).length > 0) {
        const api = new SubmitApi(clusters.server);
        ({ script } = await api.script(args.cluster, script, options));
      }
      await commands.execute(CommandIDs.submitJob, {
        cluster: args.cluster,
        script,
        options: job.working_directory === '' ? {} : { chdir: job.working_directory }
      });
    }
  );
  add(
    JobCommandIDs.copyMagic,
    {
      label: trans.__('Copy as %slurm'),
      caption: trans.__('Copy the notebook magic that shows this job'),
      icon: copyIcon
    },
    async args => {
      const { magicCommand } = await import('./copy-as');
      const cluster = (clusters.clusters?.length ?? 1) > 1 ? args.cluster : null;
      Clipboard.copyToSystem(magicCommand(args, { cluster }));
      Notification.info(trans.__('Copied. Paste it into a notebook cell.'), { autoClose: 3000 });
    }
  );
  add(
    JobCommandIDs.refresh,
    {
      label: trans.__('Refresh'),
      caption: trans.__('Refresh this job'),
      icon: refreshIcon
    },
    async args => find(args)?.refresh()
  );
}
