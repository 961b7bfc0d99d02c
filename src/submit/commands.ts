import {
  FileDialog,
  type IDefaultFileBrowser,
  type IFileBrowserFactory
} from '@jupyterlab/filebrowser';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

import { CommandIDs } from '../command-ids';
import { withErrorDialog } from '../dialogs/errors';
import { slurmIcon } from '../icons';

/** The JSON schema of the arguments of `slurm:submit-job`. */
export function describeSubmitArguments(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      cluster: {
        type: 'string',
        description: trans.__('The name of the cluster in the configuration')
      },
      script: { type: 'string', description: trans.__('The batch script to start with') },
      path: {
        type: 'string',
        description: trans.__("The path of the script's file, as in the file browser")
      },
      options: {
        type: 'object',
        description: trans.__(
          'Options of sbatch that apply unless the script sets them, by their long names with underscores'
        )
      },
      draft: {
        type: 'string',
        description: trans.__('The ID of a draft that was stored before a reload')
      }
    }
  };
}

interface IScriptCommandsOptions {
  commands: CommandRegistry;
  /** For the file selected in a file browser; without it, there is none. */
  browsers: IFileBrowserFactory | null;
  /** For the dialog that opens a file; without it, there is none. */
  browser: IDefaultFileBrowser | null;
  translator: ITranslator;
}

/** Adds the commands that open the submit form with a script from a file. */
export function addScriptCommands(options: IScriptCommandsOptions): void {
  const { commands, browsers, browser, translator } = options;
  const trans = translator.load('jupyter_slurm_rest');
  const cannot = trans.__('Could not open the script');
  const selected = () => {
    const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
    return items.length === 1 && items[0].type === 'file' && isScript(items[0].name)
      ? items[0]
      : null;
  };

  commands.addCommand(CommandIDs.submitFile, {
    label: trans.__('Submit to Slurm…'),
    caption: trans.__('Open the submit form with this script'),
    icon: slurmIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isVisible: () => selected() !== null,
    execute: withErrorDialog(cannot, trans, async () => {
      const file = selected();
      return file && commands.execute(CommandIDs.submitJob, { path: file.path });
    })
  });

  commands.addCommand(CommandIDs.openScript, {
    label: args =>
      args.toolbar ? trans.__('Open script…') : trans.__('Submit Slurm Script from File…'),
    caption: trans.__('Choose a batch script and open the submit form with it'),
    icon: slurmIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => browser !== null,
    execute: withErrorDialog(cannot, trans, async () => {
      const { value } = await FileDialog.getOpenFiles({
        manager: browser!.model.manager,
        title: trans.__('Open a batch script'),
        filter: model => (model.type !== 'notebook' ? {} : null),
        translator
      });
      const file = value?.find(candidate => candidate.type === 'file');
      return file && commands.execute(CommandIDs.submitJob, { path: file.path });
    })
  });
}

/** Whether a file is a batch script by its name. */
function isScript(name: string): boolean {
  return /\.(sh|bash|slurm|sbatch|sub)$/i.test(name);
}
