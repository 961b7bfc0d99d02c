import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Options } from '../api/submit';

const PREFIX = 'jupyter-slurm-rest-draft:';

/** What an empty submit form begins with. */
export const SCRIPT_TEMPLATE = `#!/bin/bash
#SBATCH --job-name=my-job
#SBATCH --time=00:10:00

echo "Running on $(hostname)"
`;

/** A job that is being written, as it is stored over a reload. */
export interface IDraft {
  cluster: string;
  script: string;
  /** The text that the draft began with: closing the form loses nothing if it is unchanged. */
  original: string;
  /** The contents path of the script's file. */
  path?: string;
  /** Without a file, the folder that the job works in, as the file browser names it. */
  folder?: string;
  /** Options that apply unless the script sets them, as when a job is submitted again. */
  options?: Options;
}

/** Stores drafts, so that a reload of the page loses nothing. */
export class DraftStore {
  /**
   * @param _state - JupyterLab's state database; without it nothing is stored
   */
  constructor(private readonly _state: IStateDB | null) {}

  async save(id: string, draft: IDraft): Promise<void> {
    await this._state?.save(PREFIX + id, { ...draft } as ReadonlyPartialJSONObject);
  }

  async load(id: string): Promise<IDraft | null> {
    const stored = (await this._state?.fetch(PREFIX + id)) as Partial<IDraft> | undefined;
    return typeof stored?.cluster === 'string' && typeof stored.script === 'string'
      ? { original: '', ...stored, cluster: stored.cluster, script: stored.script }
      : null;
  }

  async remove(id: string): Promise<void> {
    await this._state?.remove(PREFIX + id);
  }
}
