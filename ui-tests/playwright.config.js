/** Playwright with Galata's defaults, in the system's Chromium. */
const fs = require('fs');
const path = require('path');

const baseConfig = require('@jupyterlab/galata/lib/playwright-config');

const port = process.env.SLURM_UI_TEST_PORT ?? '8888';
const chromium =
  process.env.CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(candidate => fs.existsSync(candidate));

module.exports = {
  ...baseConfig,
  testDir: path.join(__dirname, 'tests'),
  outputDir: path.join(__dirname, 'test-results'),
  reporter: [['list']],
  workers: 1,
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
    command: `jupyter lab --config jupyter_server_test_config.py --ServerApp.port=${port} --ServerApp.ip=127.0.0.1`,
    cwd: __dirname,
    url: `http://127.0.0.1:${port}/lab`,
    timeout: 120_000,
    reuseExistingServer: !process.env.CI
  }
};
