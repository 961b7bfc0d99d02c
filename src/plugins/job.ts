import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import {
  CommandToolbarButton,
  ISanitizer,
  MainAreaWidget,
  Sanitizer,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { JobApi } from '../api/job';
import { CommandIDs } from '../commands/ids';
import { addJobCommands, JobCommandIDs } from '../commands/job';
import type { IJobArguments } from '../commands/job-arguments';
import { describeJobArguments, jobArguments } from '../commands/job-arguments';
import { offerRemedy } from '../commands/remedy';
import type { JobTab } from '../components/job-view';
import { slurmIcon } from '../icons';
import { jobAddress } from '../models/jobaddress';
import type { JobPanel } from '../panels/job';
import { ISlurmClusters } from '../tokens';

type JobWidget = MainAreaWidget<JobPanel>;

/** What stands in a job's toolbar, in this order. */
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
  optional: [ITranslator, ILayoutRestorer, ISanitizer],
  activate: (
    app: JupyterFrontEnd,
    clusters: ISlurmClusters,
    editorServices: IEditorServices,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    sanitizer: ISanitizer | null
  ) => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('jupyter_slurm_rest');
    const tracker = new WidgetTracker<JobWidget>({ namespace: 'jupyter-slurm-rest-job' });

    const find = ({ cluster, id }: IJobArguments) =>
      tracker.find(({ content }) => content.model.cluster === cluster && content.model.id === id) ??
      null;

    const download = async (path: string) => {
      const link = document.createElement('a');
      link.href = await app.serviceManager.contents.getDownloadUrl(path);
      link.download = '';
      link.click();
    };

    const open = async (job: IJobArguments, tab?: JobTab): Promise<JobWidget> => {
      // Loaded when a first job is opened: the editor and the renderers weigh.
      const [{ JobPanel }, { JobModel }, { JobOutputModel }] = await Promise.all([
        import('../panels/job'),
        import('../models/job'),
        import('../models/joboutput')
      ]);
      const api = new JobApi(clusters.server, job.cluster, job.id);
      const content = new JobPanel({
        model: new JobModel({ ...job, api }),
        output: new JobOutputModel({ api, name: `${job.cluster}-${job.id}` }),
        editorServices,
        sanitizer: sanitizer ?? new Sanitizer(),
        findRemedy: error => offerRemedy(error, job.cluster, clusters, commands, trans),
        trans,
        tab,
        files: {
          open: path => void commands.execute('docmanager:open', { path, factory: 'Editor' }),
          download: path => void download(path)
        },
        onOpenJob: id => {
          void commands.execute(CommandIDs.openJob, { cluster: job.cluster, id });
        }
      });
      content.id = `jupyter-slurm-rest-job-${job.cluster}-${job.id}`;
      const widget = new MainAreaWidget({ content, translator: translator ?? nullTranslator });
      widget.id = `${content.id}-main`;
      widget.addClass('jp-SlurmMain');
      widget.title.label = trans.__('Job %1', job.id);
      widget.title.caption = trans.__('Job %1 on %2', job.id, job.cluster);
      // The core widget calls every content "main area content".
      content.node.setAttribute('aria-label', widget.title.label);
      widget.title.icon = slurmIcon;
      widget.title.closable = true;
      for (const id of TOOLBAR) {
        widget.toolbar.addItem(id, new CommandToolbarButton({ commands, id, args: { ...job } }));
      }
      content.model.stateChanged.connect(() => {
        TOOLBAR.forEach(id => commands.notifyCommandChanged(id));
      }, widget);
      content.tabChanged.connect(() => void tracker.save(widget), widget);
      return widget;
    };

    commands.addCommand(CommandIDs.openJob, {
      label: trans.__('Open Job'),
      caption: trans.__('Open one Slurm job in the main area'),
      icon: slurmIcon,
      describedBy: { args: describeJobArguments(trans) },
      isEnabled: args => jobArguments(args) !== null,
      execute: async args => {
        const named = jobArguments(args);
        if (named === null) {
          throw new Error(trans.__('Say which job: {"cluster": ..., "id": ...}'));
        }
        const job = { ...named, id: jobAddress(named.id) };
        let widget = find(job);
        if (widget === null) {
          widget = await open(job, args.tab as JobTab | undefined);
          await tracker.add(widget);
        }
        if (!widget.isAttached) {
          shell.add(widget, 'main', { type: 'Slurm job' });
        }
        shell.activateById(widget.id);
        return widget;
      }
    });

    addJobCommands({
      commands,
      clusters,
      find: job => find(job)?.content.model ?? null,
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
