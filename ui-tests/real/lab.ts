import AxeBuilder from '@axe-core/playwright';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

/** Opens the submit form, with this script in it. */
export async function openForm(page: IJupyterLabPageFixture, script?: string): Promise<Locator> {
  await page
    .locator('.jp-LauncherCard[title="Write a batch script and submit it to Slurm"]')
    .click();
  const form = page.getByRole('region', { name: 'Submit a Slurm job' });
  await expect(form.getByLabel('Name')).toHaveValue('my-job');
  if (script !== undefined) {
    await type(page, form, script);
  }
  return form;
}

/** Replaces the script. */
export async function type(
  page: IJupyterLabPageFixture,
  form: Locator,
  script: string
): Promise<void> {
  await form.getByRole('textbox', { name: 'Batch script' }).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(script);
}

/** Submits what is in the form; the job's id is what Slurm gave it. */
export async function submit(form: Locator): Promise<string> {
  await form.getByRole('button', { name: 'Submit', exact: true }).click();
  const said = form.getByText(/Submitted as job \d+\./);
  await expect(said).toBeVisible({ timeout: 20_000 });
  return /\d+/.exec((await said.textContent()) ?? '')?.[0] ?? '';
}

/** The view of a job that is open. */
export function jobView(page: IJupyterLabPageFixture, id: string): Locator {
  return page.getByRole('region', { name: `Job ${id}`, exact: true });
}

/** Opens a job by its command, as the panel does. */
export async function openJob(page: IJupyterLabPageFixture, id: string): Promise<Locator> {
  await page.evaluate(
    job => window.jupyterapp.commands.execute('slurm:open-job', { cluster: 'host', id: job }),
    id
  );
  const view = jobView(page, id);
  await expect(view.locator('.jp-SlurmJob-header .jp-SlurmState')).toBeVisible();
  return view;
}

/** The state that a job's view shows. */
export function stateOf(view: Locator): Locator {
  return view.locator('.jp-SlurmJob-header .jp-SlurmState');
}

/** Nothing that axe finds wrong inside. */
export async function expectAccessible(
  page: IJupyterLabPageFixture,
  selector: string
): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(selector).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

/** Errors in the page's code from here on; failed requests do not count. */
export function codeErrors(page: IJupyterLabPageFixture): string[] {
  const errors: string[] = [];
  page.on('pageerror', error => errors.push(error.message));
  page.on('console', message => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      errors.push(message.text());
    }
  });
  return errors;
}
