/** The browser tests on a real Slurm: JupyterLab as alice, on a devcluster of its own. */
const path = require('path');

const base = require('./playwright.config');

const port = process.env.SLURM_UI_REAL_PORT ?? '8890';
process.env.SLURM_UI_TEST_INSTANCE ??= 'ui-tests';

module.exports = {
  ...base,
  testDir: path.join(__dirname, 'real'),
  outputDir: path.join(__dirname, 'test-results', 'real'),
  use: { ...base.use, baseURL: `http://127.0.0.1:${port}` },
  webServer: {
    command: `exec python real/serve.py ${port}`,
    cwd: __dirname,
    url: `http://127.0.0.1:${port}/lab`,
    // A first time, the packages of Slurm and of JupyterLab are installed.
    timeout: 600_000,
    // The cluster must be taken down, not just abandoned.
    gracefulShutdown: { signal: 'SIGTERM', timeout: 60_000 },
    reuseExistingServer: !process.env.CI
  }
};
