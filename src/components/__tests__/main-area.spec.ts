import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Panel, TabPanel, Widget } from '@lumino/widgets';

import { MainArea } from '../main-area';

const trans = nullTranslator.load('jupyter_slurm_rest');

/** A shell with these areas; the others drop what they are given, as Notebook 7 does. */
function mainArea(areas: Record<string, Panel | TabPanel>, lab: boolean) {
  const activated: string[] = [];
  const shell = {
    add: (widget: Widget, area: string) => areas[area]?.addWidget(widget),
    activateById: (id: string) => activated.push(id)
  };
  const area = new MainArea<Widget>({
    app: { shell } as unknown as JupyterFrontEnd,
    labShell: lab ? (shell as unknown as ILabShell) : null,
    tracker: new WidgetTracker({ namespace: 'test' }),
    trans,
    type: 'Test'
  });
  return { area, activated };
}

describe('MainArea', () => {
  let main: Panel;
  let right: Panel;
  let down: TabPanel;

  beforeEach(() => {
    main = new Panel();
    right = new Panel();
    down = new TabPanel();
  });

  afterEach(() => {
    [main, right, down].forEach(area => area.dispose());
  });

  it('opens one widget, even if it is requested again while it loads', async () => {
    const { area, activated } = mainArea({ main }, true);
    const make = jest.fn(async () => {
      await new Promise(resolve => setTimeout(resolve, 5));
      return new Widget();
    });
    const opened = await Promise.all([1, 2, 3].map(() => area.open('job-7', make)));
    expect(make).toHaveBeenCalledTimes(1);
    expect(new Set(opened).size).toBe(1);
    expect(main.widgets).toHaveLength(1);
    expect(activated).toEqual(['job-7', 'job-7', 'job-7']);
    await area.open('job-7', make);
    await area.open('job-8', make);
    expect(main.widgets.map(({ id }) => id)).toEqual(['job-7', 'job-8']);
    area.find('job-7')?.dispose();
    await area.open('job-7', make);
    expect(make).toHaveBeenCalledTimes(3);
  });

  it('tries again what failed to open', async () => {
    const { area } = mainArea({ main }, true);
    const make = jest.fn(() => Promise.reject(new Error('no network')));
    await expect(area.open('job-7', make)).rejects.toThrow('no network');
    await expect(area.open('job-7', make)).rejects.toThrow('no network');
    expect(make).toHaveBeenCalledTimes(2);
  });

  it('opens in the down area without a main area, and brings the widget to the front', async () => {
    const { area } = mainArea({ main, down }, false);
    const make = () => Promise.resolve(new Widget());
    await area.open('job-7', make);
    await area.open('job-8', make);
    expect(main.widgets).toHaveLength(0);
    expect(down.currentWidget?.id).toBe('job-8');
    await area.open('job-7', make);
    expect(down.currentWidget?.id).toBe('job-7');
  });

  it('opens in the right area without a down area, and rejects without any area', async () => {
    const make = () => Promise.resolve(new Widget());
    await mainArea({ right }, false).area.open('job-7', make);
    expect(right.widgets).toHaveLength(1);
    const { area } = mainArea({}, false);
    await expect(area.open('job-7', make)).rejects.toThrow('Open it in JupyterLab');
    expect(area.find('job-7')).toBeNull();
  });
});
