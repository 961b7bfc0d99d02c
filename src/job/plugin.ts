import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  CommandToolbarButton,
  ISanitizer,
  MainAreaWidget,
  Notification,
  Sanitizer,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { JobApi } from '../api/jobs';
import { CommandIDs, JobCommandIDs } from '../command-ids';
import { MainArea } from '../components/main-area';
import { runCommand, withErrorDialog } from '../dialogs/errors';
import { slurmIcon } from '../icons';
import { findRemedy } from '../token/remedy';
import { ISlurmClusters } from '../tokens';
import { describeJobArguments, type IJobArguments, jobArguments, stableJobId } from './arguments';
// Commands are registered at once; what they do is loaded later.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { addJobCommands } from './commands';
import type { JobTab } from './view';
import type { JobPanel } from './widget';

type JobWidget = MainAreaWidget<JobPanel>;

/** The commands in the toolbar of a job. */
const TOOLBAR = [
  JobCommandIDs.cancel,
  JobCommandIDs.hold,
  JobCommandIDs.release,
  JobCommandIDs.requeue,
  JobCommandIDs.change,
  JobCommandIDs.resubmit,
  JobCommandIDs.copyMagic,
  JobCommandIDs.refresh
];

/** Opens single jobs in the main area. */
export const jobPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-slurm-rest:job',
  description: 'Opens single jobs in the main area.',
  autoStart: true,
  requires: [ISlurmClusters, IEditorServices],
  optional: [ITranslator, ILayoutRestorer, ISanitizer, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    clusters: ISlurmClusters,
    editorServices: IEditorServices,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    sanitizer: ISanitizer | null,
    labShell: ILabShell | null
  ) => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('jupyter_slurm_rest');
    const tracker = new WidgetTracker<JobWidget>({ namespace: 'jupyter-slurm-rest-job' });

    const area = new MainArea<JobWidget>({ app, labShell, tracker, trans, type: 'Slurm job' });

    const download = withErrorDialog(
      trans.__('Could not download the file'),
      trans,
      async (path: string) => {
        const link = document.createElement('a');
        link.href = await app.serviceManager.contents.getDownloadUrl(path);
        link.download = '';
        link.click();
      }
    );

    const openFile = withErrorDialog(trans.__('Could not open the file'), trans, (path: string) =>
      commands.execute('docmanager:open', { path, factory: 'Editor' })
    );

    const make = async (job: IJobArguments, tab?: JobTab): Promise<JobWidget> => {
      // Loaded with the first job, because the editor and the renderers are large.
      const [{ JobPanel }, { JobModel }, { JobOutputModel }, { RelatedModel }, { updateTitle }] =
        await Promise.all([
          import('./widget'),
          import('./model'),
          import('./output-model'),
          import('./related-model'),
          import('./title')
        ]);
      // For the user's name, which nobody else may have asked for yet.
      void clusters.load();
      const api = new JobApi(clusters.server, job.cluster, job.id);
      const findCluster = () => clusters.clusters?.find(({ name }) => name === job.cluster);
      const findUser = () => findCluster()?.user ?? null;
      const model = new JobModel({ ...job, api });
      const content = new JobPanel({
        model,
        related: new RelatedModel({
          ...job,
          server: clusters.server,
          findJob: () => model.job,
          findUser
        }),
        output: new JobOutputModel({ api, name: `${job.cluster}-${job.id}` }),
        editorServices,
        sanitizer: sanitizer ?? new Sanitizer(),
        findRemedy: error => findRemedy(error, job.cluster, clusters, commands, trans),
        trans,
        tab,
        files: {
          open: path => {
            openFile(path).catch(noop);
          },
          download: path => {
            download(path).catch(noop);
          }
        },
        findUser,
        findPlace: () => ({
          cluster: (clusters.clusters?.length ?? 1) > 1 ? job.cluster : null,
          apiVersion: findCluster()?.api_version || null
        }),
        actions: {
          copy: text => {
            Clipboard.copyToSystem(text);
            Notification.info(trans.__('Copied.'), { autoClose: 3000 });
          },
          openJob: (id, tab) => {
            runCommand(commands, CommandIDs.openJob, { cluster: job.cluster, id, tab });
          },
          release: () => {
            runCommand(commands, JobCommandIDs.release, { ...job });
          },
          submitAgain: changes => {
            runCommand(commands, JobCommandIDs.resubmit, { ...job, changes });
          }
        }
      });
      content.id = idOf(job);
      const widget = new MainAreaWidget({ content, translator: translator ?? nullTranslator });
      widget.addClass('jp-SlurmMain');
      widget.title.label = trans.__('Job %1', job.id);
      widget.title.caption = trans.__('Job %1 on %2', job.id, job.cluster);
      // MainAreaWidget labels every content "main area content".
      content.node.setAttribute('aria-label', trans.__('Job %1', job.id));
      widget.title.icon = slurmIcon;
      widget.title.closable = true;
      for (const id of TOOLBAR) {
        widget.toolbar.addItem(id, new CommandToolbarButton({ commands, id, args: { ...job } }));
      }
      content.model.poller.changed.connect(() => {
        TOOLBAR.forEach(id => commands.notifyCommandChanged(id));
        if (content.model.job !== null) {
          updateTitle(widget.title, content.model.job, job, trans);
        }
      }, widget);
      content.tabChanged.connect(() => void tracker.save(widget), widget);
      return widget;
    };

    commands.addCommand(CommandIDs.openJob, {
      label: trans.__('Open Job'),
      caption: trans.__('Open a Slurm job in the main area'),
      icon: slurmIcon,
      describedBy: { args: describeJobArguments(trans) },
      isEnabled: args => jobArguments(args) !== null,
      execute: withErrorDialog(trans.__('Could not open the job'), trans, async args => {
        const named = jobArguments(args);
        if (named === null) {
          throw new Error(trans.__('Specify a job: {"cluster": ..., "id": ...}'));
        }
        const job = { ...named, id: stableJobId(named.id) };
        const tab = args.tab as JobTab | undefined;
        const widget = await area.open(mainIdOf(job), () => make(job, tab));
        if (tab !== undefined) {
          widget.content.tab = tab;
        }
        return widget;
      })
    });

    addJobCommands({
      commands,
      clusters,
      find: job => area.find(mainIdOf(job))?.content.model ?? null,
      trans
    });

    clusters.jobsChanged.connect((_, cluster) => {
      tracker.forEach(({ content }) => {
        if (content.model.cluster === cluster && content.isVisible) {
          void content.model.refresh();
        }
      });
    }, tracker);

    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.openJob,
        args: ({ content }) => ({
          cluster: content.model.cluster,
          id: content.model.id,
          tab: content.tab
        }),
        name: ({ content }) => `${content.model.cluster}:${content.model.id}`
      });
    }
  }
};

function idOf({ cluster, id }: IJobArguments): string {
  return `jupyter-slurm-rest-job-${cluster}-${id}`;
}

function mainIdOf(job: IJobArguments): string {
  return `${idOf(job)}-main`;
}

/** Errors were shown: see `withErrorDialog`. */
function noop(): void {}
