import { showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** What the person has been told already: a command may have been run by another one. */
const told = new WeakSet<object>();

/** Tells the person that something they asked for failed, and why. */
export async function showError(
  title: string,
  error: unknown,
  trans: TranslationBundle
): Promise<void> {
  if (typeof error === 'object' && error !== null) {
    if (told.has(error)) {
      return;
    }
    told.add(error);
  }
  // Loaded when something first fails.
  const { errorText } = await import('../words/errors');
  await showErrorMessage(title, errorText(error, trans));
}

/**
 * `task`, with its failures shown to the person.
 *
 * JupyterLab writes what a command rejects with to the console only. Whoever runs the
 * command still sees it rejected, at once: nobody waits for the dialog to be closed.
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
      // It rejects only where the dialog is swept away.
      showError(title, error, trans).catch(() => undefined);
      throw error;
    }
  };
}

/** Runs one of our commands for the person, who hears from itself what went wrong. */
export function runCommand(
  commands: CommandRegistry,
  id: string,
  args?: ReadonlyPartialJSONObject
): void {
  commands.execute(id, args).catch(error => {
    console.warn(`${id} failed.`, error);
  });
}
