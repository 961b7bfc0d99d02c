/** Playwright with Galata's defaults, in the system's Chromium. */
const fs = require('fs');
const os = require('os');
const path = require('path');

const baseConfig = require('@jupyterlab/galata/lib/playwright-config');

const port = process.env.SLURM_UI_TEST_PORT ?? '8888';
const chromium =
  process.env.CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(candidate => fs.existsSync(candidate));

// The server under test reads no user's settings and leaves nothing in a home directory.
process.env.SLURM_UI_TEST_HOME ??= fs.mkdtempSync(path.join(os.tmpdir(), 'slurm-ui-tests-'));
const home = process.env.SLURM_UI_TEST_HOME;

module.exports = {
  ...baseConfig,
  testDir: path.join(__dirname, 'tests'),
  outputDir: path.join(__dirname, 'test-results'),
  reporter: [['list']],
  workers: 1,
  // A busy machine may miss a deadline once; the list shows it.
  retries: process.env.CI ? 1 : 0,
  timeout: 90_000,
  use: {
    ...baseConfig.use,
    baseURL: `http://127.0.0.1:${port}`,
    trace: 'retain-on-failure',
    // Playwright's own ffmpeg is part of the browser download, which is not used here.
    video: 'off',
    launchOptions: {
      executablePath: chromium,
      // --no-sandbox: in a container, root may not make the sandbox's namespaces.
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
    }
  },
  webServer: {
    command: [
      'jupyter lab --config jupyter_server_test_config.py --allow-root',
      `--ServerApp.ip=127.0.0.1 --ServerApp.port=${port} --ServerApp.port_retries=0`
    ].join(' '),
    cwd: __dirname,
    env: {
      JUPYTER_CONFIG_DIR: path.join(home, 'config'),
      JUPYTER_DATA_DIR: path.join(home, 'data'),
      JUPYTER_RUNTIME_DIR: path.join(home, 'runtime')
    },
    url: `http://127.0.0.1:${port}/lab`,
    timeout: 120_000,
    reuseExistingServer: !process.env.CI
  }
};
