import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

/** The commands around submitting, beside `slurm:submit-job` itself. */
export namespace SubmitCommandIDs {
  export const submitFile = 'slurm:submit-file';
  export const openScript = 'slurm:open-script';
}

/** The arguments of `slurm:submit-job` as JSON schema. */
export function describeSubmitArguments(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    properties: {
      cluster: {
        type: 'string',
        description: trans.__('The cluster, by the name it is configured with')
      },
      script: { type: 'string', description: trans.__('The batch script to begin with') },
      path: {
        type: 'string',
        description: trans.__('The file to begin with, as the file browser names it')
      },
      options: {
        type: 'object',
        description: trans.__(
          'Options of sbatch that count unless the script says otherwise, by long name with underscores'
        )
      },
      draft: {
        type: 'string',
        description: trans.__('What was being written before a reload')
      }
    }
  };
}

/** Whether a file's name says that it is a batch script. */
export function isScript(name: string): boolean {
  return /\.(sh|bash|slurm|sbatch|sub)$/i.test(name);
}
