// Scrolls a list as a user does with wheel or touchpad, and reports its frame times.

/** Notches of the wheel: how many a second, of how many pixels. */
const RATE = 60;
const NOTCH = 120;
const SECONDS = 6;

/** Milliseconds of each frame, and of the main thread's CPU for a frame in the middle. */
export async function scrolled(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const list = await page.evaluateHandle(() => {
    const lists = [...document.querySelectorAll('.jp-SlurmTable')];
    return lists.find(e => e.clientHeight > 0);
  });
  const { x, y } = await list.evaluate(e => {
    const { left, top, width, height } = e.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  });
  await page.mouse.move(x, y);
  const before = await spent(cdp);
  await page.evaluate(watch);
  const begun = performance.now();
  for (let turn = 1; turn <= SECONDS * RATE; turn++) {
    // Not awaited: a wheel does not wait for the page, and a slow one gets several at once.
    void cdp
      .send('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY: NOTCH })
      .catch(() => undefined);
    const due = begun + (turn * 1000) / RATE;
    await new Promise(resolve => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
  const frames = await page.evaluate(() => globalThis.stopWatching());
  const after = await spent(cdp);
  const pixels = await list.evaluate(e => e.scrollTop);
  // A page that lags has some of its wheel's way still before it.
  if (pixels < 0.5 * SECONDS * RATE * NOTCH) {
    throw new Error(`the list was scrolled by ${pixels} pixels only`);
  }
  await list.evaluate(e => e.scrollTo({ top: 0 }));
  await page.waitForTimeout(2000);
  await cdp.detach();
  const work = Object.fromEntries(
    Object.keys(before).map(name => [name, ((after[name] - before[name]) * 1000) / frames.length])
  );
  return { frames, work };
}

async function spent(cdp) {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = name => metrics.find(metric => metric.name === name).value;
  return {
    all: of('TaskDuration'),
    script: of('ScriptDuration'),
    style: of('RecalcStyleDuration'),
    layout: of('LayoutDuration')
  };
}

function watch() {
  const times = [];
  let last = null;
  let on = true;
  const step = now => {
    if (last !== null) {
      times.push(now - last);
    }
    last = now;
    if (on) {
      requestAnimationFrame(step);
    }
  };
  requestAnimationFrame(step);
  globalThis.stopWatching = () => {
    on = false;
    return times;
  };
}

/** Give the panel `width` pixels, by its handle. */
export async function widen(page, width) {
  const handles = page.locator('#jp-main-split-panel > .lm-SplitPanel-handle');
  const { x, y, height } = await handles.filter({ visible: true }).first().boundingBox();
  await page.mouse.move(x + 1, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + 100, y + height / 2);
  await page.mouse.move(width, y + height / 2, { steps: 5 });
  await page.mouse.up();
  await page.waitForTimeout(1000);
}

/**
 * Put in the panel's place what costs the least: a bare list of a few words a row.
 *
 * What frames take then is what this machine, this browser and JupyterLab take.
 */
export function bare() {
  const table = [...document.querySelectorAll('.jp-SlurmTable')].find(e => e.clientHeight > 0);
  const { left, top, width, height } = table.getBoundingClientRect();
  table.closest('.jp-SlurmSection').style.display = 'none';
  const list = document.createElement('div');
  list.className = 'jp-SlurmTable';
  list.style.cssText = `position: absolute; z-index: 1000; left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px`;
  const body = document.createElement('div');
  body.style.cssText = 'position: relative; height: 2600000px';
  list.append(body);
  document.body.append(list);
  const draw = () => {
    const first = Math.max(0, Math.floor(list.scrollTop / 26) - 8);
    const wanted = new Set(
      Array.from({ length: Math.ceil(height / 26) + 16 }, (_, i) => first + i)
    );
    for (const row of [...body.children]) {
      if (!wanted.delete(Number(row.dataset.index))) {
        row.remove();
      }
    }
    for (const index of wanted) {
      const row = document.createElement('div');
      row.dataset.index = index;
      row.textContent = `job ${index}`;
      row.style.cssText = `position: absolute; height: 26px; top: ${index * 26}px`;
      body.append(row);
    }
  };
  list.addEventListener('scroll', draw);
  draw();
}
