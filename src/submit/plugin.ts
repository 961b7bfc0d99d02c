import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  CommandToolbarButton,
  ICommandPalette,
  MainAreaWidget,
  Notification,
  ToolbarButton,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { PathExt } from '@jupyterlab/coreutils';
import { IDefaultFileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import { type ReadonlyJSONObject, type ReadonlyPartialJSONObject, UUID } from '@lumino/coreutils';
import { Debouncer } from '@lumino/polling';

import { type Options, SubmitApi } from '../api/submit';
import { CommandIDs } from '../command-ids';
import { MainArea } from '../components/main-area';
import { runCommand, showError, withErrorDialog } from '../dialogs/errors';
import { slurmIcon } from '../icons';
import { findRemedy } from '../token/remedy';
import { ISlurmClusters } from '../tokens';
// Commands are registered at once; what they do is loaded later.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { addScriptCommands, describeSubmitArguments } from './commands';
import { chooseFolder, folderOf } from './folders';
import { DraftStore, type IDraft, SCRIPT_TEMPLATE } from './drafts';
import type { SubmitModel } from './model';
import type { SubmitPanel } from './widget';

/** Milliseconds without changes before a draft is stored. */
const SAVE_DELAY = 500;

/** Submits jobs from a script and a form in the main area. */
export const submitPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-slurm-rest:submit',
  description: 'Submits jobs from a script and a form in the main area.',
  autoStart: true,
  requires: [ISlurmClusters, IEditorServices],
  optional: [
    ITranslator,
    ILayoutRestorer,
    IStateDB,
    ICommandPalette,
    ILauncher,
    IFileBrowserFactory,
    IDefaultFileBrowser,
    ILabShell
  ],
  activate: (
    app: JupyterFrontEnd,
    clusters: ISlurmClusters,
    editorServices: IEditorServices,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    browsers: IFileBrowserFactory | null,
    browser: IDefaultFileBrowser | null,
    labShell: ILabShell | null
  ) => {
    const { commands, serviceManager } = app;
    translator ??= nullTranslator;
    const trans = translator.load('jupyter_slurm_rest');
    const api = new SubmitApi(clusters.server);
    const drafts = new DraftStore(state);
    const tracker = new WidgetTracker<MainAreaWidget<SubmitPanel>>({
      namespace: 'jupyter-slurm-rest-submit'
    });

    const area = new MainArea<MainAreaWidget<SubmitPanel>>({
      app,
      labShell,
      tracker,
      trans,
      type: 'Slurm submit'
    });

    const readFile = async (path: string): Promise<string> => {
      const options = { type: 'file', format: 'text', content: true } as const;
      const file = await serviceManager.contents.get(path, options).catch(reason => {
        throw new Error(trans.__('Could not read %1: %2', path, (reason as Error).message));
      });
      return file.content as string;
    };

    /** The draft to begin with: a stored one, or from the arguments, a file or the template. */
    const begin = async (args: ReadonlyPartialJSONObject): Promise<IDraft> => {
      const stored = typeof args.draft === 'string' ? await drafts.load(args.draft) : null;
      if (stored !== null) {
        return stored;
      }
      const path = typeof args.path === 'string' ? args.path : undefined;
      let script = typeof args.script === 'string' ? args.script : null;
      if (script === null) {
        script = path === undefined ? SCRIPT_TEMPLATE : await readFile(path);
      }
      await clusters.load();
      const cluster = typeof args.cluster === 'string' ? args.cluster : clusters.current;
      if (cluster === null) {
        throw clusters.error ?? new Error(trans.__('No Slurm cluster is configured.'));
      }
      return {
        cluster,
        script,
        original: script,
        path: path === undefined ? undefined : serviceManager.contents.localPath(path),
        folder: folderOf(browsers?.tracker.currentWidget ?? browser, serviceManager.contents),
        options: args.options as Options
      };
    };

    const failed = trans.__('Could not submit the job');
    const submit = async (model: SubmitModel): Promise<void> => {
      const submitted = await model.submit();
      if (submitted === null) {
        return;
      }
      const id = String(submitted.job_id);
      Notification.success(trans.__('Job %1 was submitted.', id), {
        autoClose: 5000,
        actions: [
          {
            label: trans.__('Open job'),
            callback: () => runCommand(commands, CommandIDs.openJob, { cluster: model.cluster, id })
          }
        ]
      });
      clusters.emitJobsChanged(model.cluster);
    };

    const make = async (draft: IDraft, id: string) => {
      // Loaded with the first form, because the editor, the form and the validator are large.
      const [{ SubmitPanel, SubmitWidget }, { SubmitModel }, { customizeValidator }] =
        await Promise.all([import('./widget'), import('./model'), import('@rjsf/validator-ajv8')]);
      const model = new SubmitModel({ api, draft });
      const content = new SubmitPanel({
        model,
        editorServices,
        clusters: () => clusters.clusters?.map(cluster => cluster.name) ?? [],
        findRemedy: error => findRemedy(error, model.cluster, clusters, commands, trans),
        onSubmit: () => {
          submit(model).catch(reason => showError(failed, reason, trans));
        },
        onOpenJob: job => {
          runCommand(commands, CommandIDs.openJob, { cluster: model.cluster, id: job });
        },
        chooseFolder:
          browser === null
            ? undefined
            : () => chooseFolder(model, api, browser, translator ?? nullTranslator),
        validator: customizeValidator<ReadonlyJSONObject>(),
        trans
      });
      content.id = `jupyter-slurm-rest-submit-${id}`;
      const widget = new SubmitWidget({ content, translator: translator ?? nullTranslator });
      widget.addClass('jp-SlurmMain');
      widget.title.label =
        draft.path === undefined ? trans.__('Submit job') : PathExt.basename(draft.path);
      widget.title.caption = trans.__('Submit a Slurm job');
      // MainAreaWidget labels every content "main area content".
      content.node.setAttribute('aria-label', widget.title.caption);
      widget.title.icon = slurmIcon;
      widget.title.closable = true;

      widget.toolbar.addItem(
        'open',
        new CommandToolbarButton({
          commands,
          id: CommandIDs.openScript,
          args: { toolbar: true }
        })
      );
      widget.toolbar.addItem(
        'copy',
        new ToolbarButton({
          icon: copyIcon,
          label: trans.__('Copy as %%slurm'),
          tooltip: trans.__('Copy this script as a notebook cell that submits it'),
          onClick: () => {
            Clipboard.copyToSystem(`%%slurm submit\n${model.script}`);
            Notification.info(trans.__('Copied. Paste it into a notebook cell.'), {
              autoClose: 3000
            });
          }
        })
      );

      const save = new Debouncer(() => drafts.save(id, model.draft), SAVE_DELAY);
      model.changed.connect(() => void save.invoke(), widget);
      widget.disposed.connect(() => {
        save.dispose();
        void drafts.remove(id);
      }, widget);
      await drafts.save(id, model.draft);
      return widget;
    };

    const opening = new Map<string, string>();
    commands.addCommand(CommandIDs.submitJob, {
      label: args => (args.isLauncher ? trans.__('Submit Job') : trans.__('Submit Slurm Job…')),
      caption: trans.__('Write a batch script and submit it to Slurm'),
      icon: slurmIcon,
      describedBy: { args: describeSubmitArguments(trans) },
      execute: withErrorDialog(trans.__('Could not open the submit form'), trans, async args => {
        const draft = typeof args.draft === 'string' ? args.draft : null;
        // A second request while it opens, as by a double click, is for the same form.
        const request = JSON.stringify(args);
        const id = draft ?? opening.get(request) ?? UUID.uuid4();
        opening.set(request, id);
        try {
          return await area.open(`jupyter-slurm-rest-submit-${id}-main`, async () =>
            make(await begin(args), id)
          );
        } finally {
          opening.delete(request);
        }
      })
    });

    addScriptCommands({ commands, browsers, browser, translator });

    const category = trans.__('Slurm');
    for (const command of [CommandIDs.submitJob, CommandIDs.openScript]) {
      palette?.addItem({ command, category });
    }
    launcher?.add({ command: CommandIDs.submitJob, args: { isLauncher: true }, category, rank: 3 });

    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.submitJob,
        args: ({ content }) => ({ draft: content.id.replace(/^jupyter-slurm-rest-submit-/, '') }),
        name: ({ content }) => content.id
      });
    }
  }
};
