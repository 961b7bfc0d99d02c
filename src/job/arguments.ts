import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** The arguments of a command on one job. */
export interface IJobArguments {
  cluster: string;
  id: string;
}

/** Checks the arguments of a command on one job; null if they are incomplete. */
export function jobArguments(args: ReadonlyPartialJSONObject): IJobArguments | null {
  const { cluster, id } = args;
  return typeof cluster === 'string' && typeof id === 'string' ? { cluster, id } : null;
}

/** The JSON schema of the arguments. */
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
 * An id of a job that does not change.
 *
 * #### Notes
 * Slurm shows the pending tasks of an array as `55_[3-9%2]`, which changes with every task
 * that starts. The id of the array stays the same.
 */
export function stableJobId(id: string): string {
  return /^(\d+)_\[/.exec(id)?.[1] ?? id;
}
