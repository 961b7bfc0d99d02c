import plugins from '..';

describe('the plugin list', () => {
  it('names every plugin under the package and describes it', () => {
    for (const plugin of plugins) {
      expect(plugin.id).toMatch(/^jupyter-slurm-rest:[a-z-]+$/);
      expect(plugin.description).toMatch(/\.$/);
    }
  });

  it('has no id twice', () => {
    const ids = plugins.map(plugin => plugin.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
