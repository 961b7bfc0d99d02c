import { execFileSync } from 'child_process';
import path from 'path';

const ROOT = path.join(__dirname, '..', '..');
const INSTANCE = process.env.SLURM_UI_TEST_INSTANCE ?? '';

/** The Slurm behind the JupyterLab under test, from the side of its administrator. */
export const cluster = {
  stop: (daemon: string) => python(`cluster.stop(${JSON.stringify(daemon)})`),
  start: (daemon: string) => python(`cluster.start(${JSON.stringify(daemon)})`),

  /** What a command inside the cluster prints, run as alice. */
  run: (...argv: string[]) =>
    python(`print(cluster.run(${JSON.stringify(argv)}, user="alice").stdout, end="")`).trim()
};

function python(code: string): string {
  const begin = `from devcluster import Cluster; cluster = Cluster("host", "${INSTANCE}"); `;
  return execFileSync('python', ['-c', begin + code], { cwd: ROOT, encoding: 'utf-8' });
}
