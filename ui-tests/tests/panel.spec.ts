import AxeBuilder from '@axe-core/playwright';
import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { API, cluster, job, node, stubServer } from './stubs';

const PANEL = '#jupyter-slurm-rest-panel';

const JOBS = [
  job(41237, { name: 'train', state: 'RUNNING', reason: '', elapsed: 5025, partition: 'gpu' }),
  job(41238, { name: 'preprocess' }),
  job(41230, { name: 'broken', state: 'FAILED', elapsed: 12, reason: 'NonZeroExitCode' }),
  job(30000, { name: 'of-bob', user: 'bob' })
];

const NODES = [
  node('cpu1'),
  node('gpu1', { gpus: 4, gpus_used: 3, gpus_free: 1, partitions: ['gpu'] }),
  node('gpu2', {
    state: 'DOWN',
    sinfo_state: 'drained',
    usable: false,
    flags: ['DRAIN'],
    cpus_free: 0,
    memory_free: 0,
    gpus: 4,
    reason: 'No power'
  })
];

async function openPanel(page: IJupyterLabPageFixture) {
  await page.sidebar.openTab('jupyter-slurm-rest-panel');
  return page.locator(PANEL);
}

async function expectAccessible(page: IJupyterLabPageFixture) {
  const { violations } = await new AxeBuilder({ page }).include(PANEL).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test('requests nothing before it is first shown', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', request => {
    if (API.test(request.url())) {
      requests.push(request.url());
    }
  });
  await stubServer(page, { jobs: JOBS });
  await page.reload();
  await expect(page.locator('#jp-main-dock-panel')).toBeVisible();
  expect(requests).toEqual([]);
  await openPanel(page);
  await expect(page.getByText('preprocess')).toBeVisible();
  expect(requests.filter(url => !url.endsWith('/clusters')).every(url => url.includes('scope=mine'))).toBe(
    true
  );
});

test('shows mine, then all, then the nodes', async ({ page }) => {
  await stubServer(page, { jobs: JOBS, nodes: NODES });
  const panel = await openPanel(page);
  await expect(panel.getByRole('grid', { name: 'My jobs' }).getByText('train')).toBeVisible();
  await expect(panel.getByText('of-bob')).toBeHidden();
  await expectAccessible(page);
  await panel.getByRole('tab', { name: 'All jobs' }).click();
  await expect(panel.getByText('of-bob')).toBeVisible();
  await panel.getByRole('tab', { name: 'Nodes' }).click();
  const nodes = panel.getByRole('table', { name: 'Nodes' });
  await expect(nodes.getByText('44 CPUs, 1 GPU')).toBeVisible();
  await expect(nodes.getByText('No power')).toBeVisible();
  await expectAccessible(page);
});

test('filters by words and by state', async ({ page }) => {
  await stubServer(page, { jobs: JOBS });
  const panel = await openPanel(page);
  await panel.getByRole('button', { name: 'Failed 1' }).click();
  await expect(panel.getByText('broken')).toBeVisible();
  await expect(panel.getByText('train')).toBeHidden();
  await panel.getByRole('button', { name: 'Failed 1' }).click();
  await panel.getByRole('combobox', { name: 'Filter jobs' }).fill('nothing-like-it');
  await expect(panel.getByText('No matching jobs.')).toBeVisible();
  await panel.getByRole('button', { name: 'Show all' }).click();
  await expect(panel.getByText('train')).toBeVisible();
});

test('cancels by keyboard, after asking', async ({ page }) => {
  const stub = await stubServer(page, { jobs: JOBS });
  const panel = await openPanel(page);
  await panel.getByRole('grid', { name: 'My jobs' }).focus();
  // The running job comes first.
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Delete');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Cancel 1 job on maxwell?');
  await expect(dialog).toContainText('preprocess');
  await expect(dialog.getByRole('button', { name: 'Keep job' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  expect(stub.actions).toEqual([]);

  await page.keyboard.press('Delete');
  await dialog.getByRole('button', { name: 'Cancel job' }).click();
  await expect(panel.getByText('preprocess')).toBeHidden();
  expect(stub.actions).toEqual([{ action: 'cancel', job_ids: ['41238'] }]);
});

test('keeps old data visible and says that it is old', async ({ page }) => {
  const stub = await stubServer(page, { jobs: JOBS, clusters: [cluster('maxwell'), cluster('solaris')] });
  const panel = await openPanel(page);
  await expect(panel.getByText('preprocess')).toBeVisible();
  stub.failure = {
    status: 502,
    reason: 'unreachable',
    message: 'slurmrestd does not answer.',
    advice: 'Wait.'
  };
  await panel.getByRole('button', { name: 'Refresh' }).click();
  await expect(panel.getByText('slurmrestd does not answer.')).toBeVisible();
  await expect(panel.getByText('preprocess')).toBeVisible();
  await expectAccessible(page);

  await panel.getByLabel('Cluster').selectOption('solaris');
  await expect(panel.getByText('preprocess')).toBeHidden();
  await expect(panel.getByRole('alert')).toContainText('Wait.');
  await expectAccessible(page);

  stub.failure = null;
  stub.jobs = [];
  await panel.getByRole('button', { name: 'Retry' }).click();
  await expect(panel.getByText('You have no jobs in the queue.')).toBeVisible();
  await expectAccessible(page);
});

test('renders only the visible rows of a long queue', async ({ page }) => {
  const jobs = Array.from({ length: 10_000 }, (_, index) => job(index + 1));
  await stubServer(page, { jobs });
  const panel = await openPanel(page);
  const grid = panel.getByRole('grid', { name: 'My jobs' });
  await expect(grid.getByText('job-10000', { exact: true })).toBeVisible();
  expect(await grid.getByRole('row').count()).toBeLessThan(60);
  await grid.focus();
  await panel.locator('.jp-SlurmTable').evaluate(node => node.scrollTo(0, node.scrollHeight));
  await expect(grid.getByText('job-1', { exact: true })).toBeVisible();
  expect(await grid.getByRole('row').count()).toBeLessThan(60);
});

test('shows finished jobs, an empty history and missing accounting', async ({ page }) => {
  const ended = Date.now() / 1000 - 600;
  const stub = await stubServer(page, {
    clusters: [cluster('maxwell'), { ...cluster('solaris'), accounting: false }],
    history: [
      job(41200, { name: 'trained', state: 'COMPLETED', end_time: ended, elapsed: 5025 }),
      job(41201, { name: 'too-long', state: 'TIMEOUT', end_time: ended, elapsed: 3600 })
    ]
  });
  const panel = await openPanel(page);
  await panel.getByRole('tab', { name: 'History' }).click();
  const grid = panel.getByRole('grid', { name: 'Finished jobs' });
  await expect(grid.getByText('trained')).toBeVisible();
  await expect(grid.getByText('Timed out')).toBeVisible();
  await expectAccessible(page);
  await panel.getByLabel('Final state').selectOption('Completed');
  await expect(grid.getByText('too-long')).toBeHidden();
  await expect(grid.getByText('trained')).toBeVisible();

  stub.history = [];
  await panel.getByLabel('Final state').selectOption('All states');
  await expect(panel.getByText('None of your jobs ended in the last 7 days.')).toBeVisible();
  await expectAccessible(page);

  await panel.getByLabel('Cluster').selectOption('solaris');
  await expect(panel.getByText('This cluster has no accounting.')).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Retry' })).toBeHidden();
  await expectAccessible(page);
});

test('takes a token where one is missing, in the account view', async ({ page }) => {
  const stub = await stubServer(page, {
    failure: {
      status: 401,
      message: 'No Slurm token is available.',
      reason: 'token_missing',
      advice: '',
      action: 'paste'
    }
  });
  const panel = await openPanel(page);
  await panel.getByRole('button', { name: 'My accounts, limits, QOS and fairshare' }).click();
  const account = page.locator('.jp-SlurmAccount');
  await expect(account.getByRole('alert')).toContainText('No Slurm token is available.');
  await account.getByRole('button', { name: 'Paste a token…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Token' }).fill('aaa.bbb.ccc');
  await dialog.getByRole('button', { name: 'Use token' }).click();
  await expect(account.getByText('You have no Slurm account on this cluster.')).toBeVisible();
  expect(stub.tokens).toEqual(['aaa.bbb.ccc']);
});
