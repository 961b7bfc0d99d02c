import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { SubmitModel } from './model';

const PREFIX = 'jupyter-slurm-rest-draft:';

/** Jobs that are being written, kept so that a reload loses nothing. */
export class Drafts {
  /**
   * @param state - where they are kept; without it they are not
   */
  constructor(private readonly _state: IStateDB | null) {}

  async save(id: string, draft: SubmitModel.IDraft): Promise<void> {
    await this._state?.save(PREFIX + id, { ...draft } as ReadonlyPartialJSONObject);
  }

  async load(id: string): Promise<SubmitModel.IDraft | null> {
    const kept = (await this._state?.fetch(PREFIX + id)) as Partial<SubmitModel.IDraft> | undefined;
    return typeof kept?.cluster === 'string' && typeof kept.script === 'string'
      ? { pristine: '', ...kept, cluster: kept.cluster, script: kept.script }
      : null;
  }

  async remove(id: string): Promise<void> {
    await this._state?.remove(PREFIX + id);
  }
}

/** What an empty submit form begins with. */
export const SCRIPT_TEMPLATE = `#!/bin/bash
#SBATCH --job-name=my-job
#SBATCH --time=00:10:00

echo "Running on $(hostname)"
`;
