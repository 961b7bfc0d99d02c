import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** One job, as commands name it. */
export interface IJobArguments {
  cluster: string;
  id: string;
}

/** The arguments of a command on one job, or null where they name none. */
export function jobArguments(args: ReadonlyPartialJSONObject): IJobArguments | null {
  const { cluster, id } = args;
  return typeof cluster === 'string' && typeof id === 'string' ? { cluster, id } : null;
}

/** The same as JSON schema, for those who call commands from elsewhere. */
export function describeJobArguments(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    required: ['cluster', 'id'],
    properties: {
      cluster: {
        type: 'string',
        description: trans.__('The name of the cluster in the configuration')
      },
      id: { type: 'string', description: trans.__('The job ID: 123, 123_4 or 123+1') }
    }
  };
}

/**
 * The id under which a job is opened, whatever its row shows.
 *
 * #### Notes
 * The tasks of an array that wait are shown as `55_[3-9%2]`, and Slurm cuts long lists; they
 * change with every task that starts. The number of their array stays.
 */
export function stableJobId(id: string): string {
  return /^(\d+)_\[/.exec(id)?.[1] ?? id;
}
