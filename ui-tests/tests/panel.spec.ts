import { expect, test } from '@jupyterlab/galata';

test('the Slurm panel opens from the left bar', async ({ page }) => {
  await page.sidebar.openTab('jupyter-slurm-rest-panel');
  await expect(page.locator('#jupyter-slurm-rest-panel')).toBeVisible();
});
