import type { JupyterFrontEnd } from '@jupyterlab/application';
import { ServerConnection } from '@jupyterlab/services';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { CommandIDs } from '../../command-ids';
import { clustersPlugin, panelPlugin } from '../plugin';

/** As much of JupyterLab as the plugins touch. */
function frontEnd() {
  const fetch = jest.fn(() => Promise.reject(new TypeError('no network in this test')));
  const added: { widget: Widget; area: string }[] = [];
  const activated: string[] = [];
  const app = {
    commands: new CommandRegistry(),
    shell: {
      add: (widget: Widget, area: string) => added.push({ widget, area }),
      activateById: (id: string) => activated.push(id)
    },
    serviceManager: {
      serverSettings: ServerConnection.makeSettings({ fetch: fetch as typeof window.fetch }),
      events: { stream: new Signal<object, unknown>({}) }
    }
  };
  return { app: app as unknown as JupyterFrontEnd, added, activated, fetch };
}

/** Activate both plugins, the optional services being `given` or absent. */
function activate(app: JupyterFrontEnd, given: Record<string, unknown> = {}): void {
  const clusters = clustersPlugin.activate(app, null);
  const optional = (panelPlugin.optional ?? []).map(({ name }) => given[name] ?? null);
  void panelPlugin.activate(app, clusters, ...optional);
}

describe('the panel plugin', () => {
  it('works without any of the optional services', () => {
    const { app, added, activated, fetch } = frontEnd();
    activate(app);
    expect(added.map(({ widget, area }) => [widget.id, area])).toEqual([
      ['jupyter-slurm-rest-panel', 'left']
    ]);
    void app.commands.execute(CommandIDs.showPanel);
    expect(activated).toEqual(['jupyter-slurm-rest-panel']);
    expect(fetch).not.toHaveBeenCalled();
    added[0]?.widget.dispose();
  });

  it('describes each of its commands', async () => {
    const { app, added } = frontEnd();
    activate(app);
    for (const id of app.commands.listCommands()) {
      expect(app.commands.label(id)).not.toBe('');
      expect(app.commands.caption(id)).not.toBe('');
      expect((await app.commands.describedBy(id)).args).not.toBeNull();
    }
    added[0]?.widget.dispose();
  });

  it('cannot cancel while nothing is selected, unless the arguments name jobs', () => {
    const { app, added } = frontEnd();
    activate(app);
    const { commands } = app;
    expect(commands.isEnabled(CommandIDs.cancelJobs)).toBe(false);
    expect(commands.isEnabled(CommandIDs.cancelJobs, { cluster: 'c', ids: ['1'] })).toBe(true);
    added[0]?.widget.dispose();
  });

  it('starts with its defaults when its settings cannot be read', async () => {
    const { app, added } = frontEnd();
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const load = jest.fn().mockRejectedValue(new Error('no settings'));
    activate(app, { '@jupyterlab/coreutils:ISettingRegistry': { load } });
    await Promise.resolve();
    await Promise.resolve();
    expect(load).toHaveBeenCalledWith('jupyter-slurm-rest:panel');
    expect(said).toHaveBeenCalledTimes(1);
    expect(added).toHaveLength(1);
    said.mockRestore();
    added[0]?.widget.dispose();
  });

  it('puts its commands into the palette and the launcher', () => {
    const { app, added } = frontEnd();
    const palette = { addItem: jest.fn() };
    const launcher = { add: jest.fn() };
    activate(app, {
      '@jupyterlab/apputils:ICommandPalette': palette,
      '@jupyterlab/launcher:ILauncher': launcher
    });
    const offered = palette.addItem.mock.calls.map(
      ([{ command }]: [{ command: string }]) => command
    );
    expect(offered).toContain(CommandIDs.showPanel);
    expect(launcher.add).toHaveBeenCalledWith(
      expect.objectContaining({ command: CommandIDs.showPanel, category: 'Slurm' })
    );
    added[0]?.widget.dispose();
  });
});
