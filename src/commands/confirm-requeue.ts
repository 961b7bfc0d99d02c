import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Asks whether `jobs` are to lose what they did not save. */
export async function confirmRequeue(
  jobs: readonly { id: string }[],
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title:
      jobs.length === 1
        ? trans.__('Requeue job %1?', jobs[0].id)
        : trans.__('Requeue %1 jobs?', jobs.length),
    body: trans.__(
      'A requeued job is stopped and runs again from the start of its script. What it computed and did not save is lost.'
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep as it is') }),
      Dialog.warnButton({ label: trans.__('Requeue') })
    ],
    defaultButton: 0
  });
  return button.accept;
}
