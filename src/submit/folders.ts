import { FileDialog, type IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { ITranslator } from '@jupyterlab/translation';

import type { SubmitApi } from '../api/submit';
import type { SubmitModel } from './model';

/** A file browser, as far as its folder is concerned. */
interface IBrowser {
  readonly model: { readonly path: string };
}

/** Drives that show the Jupyter server's own files: the default one, and that of collaboration. */
const LOCAL_DRIVES = ['', 'RTC'];

/** The folder that a file browser shows, if the Jupyter server knows it. */
export function folderOf(
  browser: IBrowser | null,
  contents: Contents.IManager
): string | undefined {
  const path = browser?.model.path;
  return path !== undefined && LOCAL_DRIVES.includes(contents.driveName(path))
    ? contents.localPath(path)
    : undefined;
}

/** Lets the user choose the folder that the job works in. */
export async function chooseFolder(
  model: SubmitModel,
  api: SubmitApi,
  browser: IDefaultFileBrowser,
  translator: ITranslator
): Promise<void> {
  const trans = translator.load('jupyter_slurm_rest');
  const { manager } = browser.model;
  const { button, value } = await FileDialog.getExistingDirectory({
    manager,
    title: trans.__('Choose the working directory'),
    defaultPath: browser.model.path,
    translator
  });
  const folder = value?.[0];
  if (button.accept && folder !== undefined) {
    const chosen = { folder: manager.services.contents.localPath(folder.path) };
    const { defaults } = await api.form(model.cluster, undefined, chosen);
    model.change({ ...model.options, chdir: defaults.chdir });
  }
}
