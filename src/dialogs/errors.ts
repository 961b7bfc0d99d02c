import { showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** Errors that were shown: a command may have been run by another command. */
const shown = new WeakSet<object>();

/** Shows an error in a dialog, once. */
export async function showError(
  title: string,
  error: unknown,
  trans: TranslationBundle
): Promise<void> {
  if (typeof error === 'object' && error !== null) {
    if (shown.has(error)) {
      return;
    }
    shown.add(error);
  }
  // Loaded at the first error.
  const { errorText } = await import('../words/errors');
  await showErrorMessage(title, errorText(error, trans));
}

/**
 * Wraps `task` to show its errors in a dialog.
 *
 * JupyterLab only logs the errors of commands to the console. The returned function still
 * rejects, without waiting for the dialog to be closed.
 */
export function withErrorDialog<A extends unknown[], R>(
  title: string,
  trans: TranslationBundle,
  task: (...args: A) => R | Promise<R>
): (...args: A) => Promise<R> {
  return async (...args: A) => {
    try {
      return await task(...args);
    } catch (error) {
      // Showing the dialog rejects only if all dialogs are flushed.
      showError(title, error, trans).catch(() => undefined);
      throw error;
    }
  };
}

/** Runs one of our commands, which shows its errors itself. */
export function runCommand(
  commands: CommandRegistry,
  id: string,
  args?: ReadonlyPartialJSONObject
): void {
  commands.execute(id, args).catch(error => {
    console.warn(`${id} failed.`, error);
  });
}
