// Measures JupyterLab with the panel in Chromium: what bench/panel.py asks for, as JSON.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

import { bare, scrolled, widen } from './scroll.mjs';

const require = createRequire(new URL('../package.json', import.meta.url));
const { chromium } = require('playwright-core');

const { servers, loads } = JSON.parse(process.argv[2]);
const API = /(?<!extensions)\/jupyter-slurm-rest\//;
const executablePath =
  process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const result = { loads: { with: [], without: [] }, asked: 0 };
try {
  // The first load of each fills the server's caches and counts for nothing.
  for (let turn = 0; turn <= loads; turn++) {
    for (const which of ['without', 'with']) {
      const { page, seconds, asked } = await load(servers[which]);
      if (turn > 0) {
        result.loads[which].push(seconds);
      }
      if (which === 'with') {
        result.asked += asked;
      }
      if (which === 'with' && turn === loads) {
        Object.assign(result, await panel(page));
      }
      await page.context().close();
    }
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(result));

async function load(url) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  let asked = 0;
  page.on('request', request => (asked += API.test(request.url()) ? 1 : 0));
  await page.goto(url);
  await page.waitForSelector('#jp-main-dock-panel', { timeout: 60_000 });
  await page.waitForFunction(() => !document.querySelector('#jupyterlab-splash'), null, {
    timeout: 60_000
  });
  const seconds = await page.evaluate(() => performance.now() / 1000);
  // What would be asked late is asked within a second.
  await page.waitForTimeout(1000);
  return { page, seconds, asked };
}

async function panel(page) {
  await page.click('[data-id="jupyter-slurm-rest-panel"]');
  await page.getByRole('tab', { name: 'All jobs' }).click();
  await page.waitForSelector('table[aria-rowcount="100001"] tbody tr[aria-rowindex="2"]', {
    timeout: 60_000
  });
  await page.waitForTimeout(1500);
  const narrow = await scrolled(page);
  const sorts = [];
  for (const heading of ['Name', 'Priority', 'Name', 'Job']) {
    const button = page.getByRole('columnheader', { name: heading }).locator('button').first();
    if ((await button.count()) > 0) {
      sorts.push(await untilDrawn(page, await button.elementHandle()));
    }
    await page.waitForTimeout(500);
  }
  const box = page.getByRole('combobox', { name: 'Filter jobs' }).locator('visible=true').first();
  const filters = [];
  for (const words of ['user7', 'job-4242', 'account3']) {
    await fill(page, box, words);
    filters.push(await untilDrawn(page, null));
    await page.waitForTimeout(600);
  }
  await fill(page, box, '');
  await untilDrawn(page, null);
  await widen(page, 1040);
  const wide = await scrolled(page);
  await page.evaluate(bare);
  const plain = await scrolled(page);
  return { scrolls: { narrow, wide, plain }, sorts, filters };
}

async function fill(page, box, words) {
  await box.focus();
  await page.evaluate(value => {
    const input = document.activeElement;
    const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
    setter.call(input, value);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, words);
}

// Milliseconds from the press (of a heading, or of Enter) until other rows are drawn.
function untilDrawn(page, button) {
  return page.evaluate(pressed => {
    const table = [...document.querySelectorAll('.jp-SlurmTable')].find(e => e.clientHeight > 0);
    const first = () => table.querySelector('tr[aria-rowindex="2"]')?.textContent ?? '';
    const before = first() + table.querySelector('table').getAttribute('aria-rowcount');
    const begun = performance.now();
    if (pressed) {
      pressed.click();
    } else {
      const key = { key: 'Enter', bubbles: true };
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', key));
    }
    return new Promise((resolve, reject) => {
      const look = () => {
        const now = first() + table.querySelector('table').getAttribute('aria-rowcount');
        const took = performance.now() - begun;
        if (first() !== '' && now !== before) {
          resolve(took);
        } else if (took > 30_000) {
          reject(new Error('the rows stayed as they were'));
        } else {
          requestAnimationFrame(look);
        }
      };
      requestAnimationFrame(look);
    });
  }, button);
}
