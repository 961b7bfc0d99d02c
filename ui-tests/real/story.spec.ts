import { expect, test } from '@jupyterlab/galata';

import { cluster } from './cluster';
import {
  codeErrors,
  expectAccessible,
  jobView,
  openForm,
  openJob,
  stateOf,
  submit,
  type
} from './lab';

const COUNTING = `#!/bin/bash
#SBATCH --time=5
for count in 1 2 3 4 5 6; do
  echo "count $count"
  sleep 1
done
echo "over"
`;

test('a job is submitted, runs and completes, and its output is read', async ({ page }) => {
  await page.sidebar.openTab('jupyter-slurm-rest-panel');
  const panel = page.locator('#jupyter-slurm-rest-panel');
  await panel.getByRole('tab', { name: 'Nodes' }).click();
  await expect(panel.getByRole('table', { name: 'Nodes' }).getByText('cpu1')).toBeVisible();

  const errors = codeErrors(page);
  const form = await openForm(page, COUNTING);
  await form.getByLabel('Name').fill('story');
  await expect(form.getByText('#SBATCH --job-name=story')).toBeVisible();
  await expectAccessible(page, '.jp-SlurmSubmit-form');
  const id = await submit(form);

  await form.getByRole('button', { name: 'Open job' }).click();
  const view = jobView(page, id);
  await expect(view.getByRole('heading', { name: 'story' })).toBeVisible();
  await expect(stateOf(view)).toHaveText(/Pending|Configuring|Running/);
  await expectAccessible(page, '.jp-SlurmJob');

  await view.getByRole('tab', { name: 'Output' }).click();
  const output = view.getByRole('region', { name: `Output of job ${id}` });
  await expect(output).toContainText('count 1', { timeout: 20_000 });
  await expect(output).toContainText('over', { timeout: 30_000 });
  // Each line once, however often it was read on.
  const lines = (await output.innerText()).split('\n').filter(line => line.trim() !== '');
  expect(lines).toEqual([1, 2, 3, 4, 5, 6].map(count => `count ${count}`).concat('over'));
  await expect(stateOf(view)).toHaveText('Completed', { timeout: 30_000 });
  await expectAccessible(page, '.jp-SlurmJob');

  // The API of Slurm 22.05 does not hand out scripts; a later one does.
  await view.getByRole('tab', { name: 'Script' }).click();
  await expect(
    view.getByText('Slurm does not have the script').or(view.getByText('echo "over"'))
  ).toBeVisible();

  await panel.getByRole('tab', { name: 'My jobs' }).click();
  await expect(panel.getByText('story').first()).toBeVisible();
  expect(errors).toEqual([]);
});

test('a long job is canceled, after asking', async ({ page }) => {
  const id = cluster.run('sbatch', '--parsable', '--output=/dev/null', '--wrap=sleep 600');
  const view = await openJob(page, id);
  await expect(stateOf(view)).toHaveText('Running', { timeout: 30_000 });

  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(id);
  await dialog.getByRole('button', { name: 'Keep job' }).click();
  expect(cluster.run('squeue', '-h', '-j', id, '-o', '%T')).toBe('RUNNING');

  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await dialog.getByRole('button', { name: 'Cancel job' }).click();
  await expect(stateOf(view)).toHaveText('Canceled', { timeout: 30_000 });
  expect(cluster.run('scontrol', 'show', 'job', id)).toContain('JobState=CANCELLED');
  await expect(page.getByRole('button', { name: 'Cancel', exact: true })).toBeDisabled();
});

test('a waiting job is held, changed and released', async ({ page }) => {
  const id = cluster.run(
    ...['sbatch', '--parsable', '--output=/dev/null', '--begin=now+1hour', '--time=10'],
    '--wrap=true'
  );
  const view = await openJob(page, id);
  await expect(stateOf(view)).toHaveText('Pending');

  await expect(view.getByText(/as you asked/)).toBeVisible();
  await page.getByRole('button', { name: 'Hold', exact: true }).click();
  await expect(view.getByText('You hold this job.')).toBeVisible();
  expect(cluster.run('scontrol', 'show', 'job', id)).toContain('Reason=JobHeldUser');

  await page.getByRole('button', { name: 'Change…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Time limit').fill('a while');
  await dialog.getByRole('button', { name: 'Change' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await expect(dialog.getByLabel('Time limit')).toHaveValue('a while');
  await dialog.getByLabel('Time limit').fill('5');
  await dialog.getByRole('button', { name: 'Change' }).click();
  await expect(view.getByText('00:05:00')).toBeVisible();
  expect(cluster.run('scontrol', 'show', 'job', id)).toContain('TimeLimit=00:05:00');

  await view.getByRole('button', { name: 'Release', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Hold', exact: true })).toBeEnabled();
  cluster.run('scancel', id);
});

test('a wrong script is refused where it is wrong, and nothing is lost', async ({ page }) => {
  const form = await openForm(page, '#!/bin/bash\n#SBATCH --frobnicate\nhostname\n');
  await expect(form.getByRole('alert')).toContainText('frobnicate');
  await expect(form.locator('.cm-lint-marker-error')).toBeVisible();
  await form.getByRole('button', { name: 'Submit', exact: true }).click();
  await expect(form.getByRole('alert')).toContainText('frobnicate');
  await expect(form.getByText('Submitted as job')).toBeHidden();

  await type(page, form, '#!/bin/bash\n#SBATCH --job-name=kept\nhostname\n');
  await expect(form.getByRole('alert')).toBeHidden();
  await form.getByLabel('Time limit').fill('abc');
  await expect(form.getByRole('alert')).toContainText('abc');
  await expect(form.getByLabel('Time limit')).toHaveValue('abc');
  await expectAccessible(page, '.jp-SlurmSubmit-form');

  // A draft is stored a moment after the last change.
  await page.waitForTimeout(1000);
  const loaded = page.waitForEvent('load');
  await page.evaluate(() => window.location.reload());
  await loaded;
  await expect(form.getByText('#SBATCH --job-name=kept')).toBeVisible({ timeout: 60_000 });
});

test('a stopped slurmrestd is reported, and the view recovers', async ({ page }) => {
  test.setTimeout(240_000);
  const id = cluster.run('sbatch', '--parsable', '--output=/dev/null', '--wrap=sleep 600');
  const view = await openJob(page, id);
  await expect(stateOf(view)).toHaveText('Running', { timeout: 30_000 });
  cluster.stop('slurmrestd');
  try {
    await expect(view.getByRole('alert')).toContainText('slurmrestd', { timeout: 60_000 });
    // The data stays visible, with its age.
    await expect(stateOf(view)).toHaveText('Running');
    await expect(view.getByRole('alert')).toContainText('ago');
    await expectAccessible(page, '.jp-SlurmJob');
  } finally {
    cluster.start('slurmrestd');
  }
  cluster.run('scancel', id);
  await expect(view.getByRole('alert')).toBeHidden({ timeout: 150_000 });
  await expect(stateOf(view)).toHaveText('Canceled', { timeout: 30_000 });
});
