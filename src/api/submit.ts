import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { UiSchema } from '@rjsf/utils';
import type { JSONSchema7 } from 'json-schema';

import type { SlurmServer } from './request';
import type { components } from './schema';
import type { IScriptResponse, ISubmitted } from './types';

/** Options of sbatch by their long names with underscores, with values as a user writes them. */
export type Options = IScriptResponse['options'];

/** The submit form of a cluster for the current user. */
export interface IFormDescription {
  schema: JSONSchema7;
  uiSchema: UiSchema<ReadonlyJSONObject>;
  defaults: Options;
  /** The options that a script may have. */
  options: readonly components['schemas']['OptionInfo'][];
}

/** The selection that the choices of a form depend on. */
export interface IFormSelection {
  /** The folder that the job works in unless the script has a file, as in the file browser. */
  folder?: string;
  account?: string;
  qos?: string;
}

/** Form, script and submission of one cluster. */
export class SubmitApi {
  constructor(private readonly _server: SlurmServer) {}

  /**
   * The form of a cluster.
   *
   * @param path - the contents path of the script, whose folder the job runs in
   * @param selection - the selected account and QOS; only partitions that allow them are offered
   */
  form(cluster: string, path?: string, selection: IFormSelection = {}): Promise<IFormDescription> {
    return this._server.get<IFormDescription>(['clusters', cluster, 'form'], {
      path,
      ...selection,
      // The top folder has an empty name, which a query would leave out.
      folder: selection.folder === '' ? '.' : selection.folder
    });
  }

  /** Reads the options that a script sets, after writing `changes` into it. */
  script(cluster: string, script: string, changes?: Options): Promise<IScriptResponse> {
    return this._server.send<IScriptResponse>('POST', ['clusters', cluster, 'script'], {
      script,
      ...(changes ? { options: changes } : {})
    });
  }

  /** Checks a job without submitting it. */
  validate(
    cluster: string,
    script: string,
    options: Options,
    directory = ''
  ): Promise<IScriptResponse> {
    return this._server.send<IScriptResponse>(
      'POST',
      ['clusters', cluster, 'jobs'],
      { script, options, directory },
      { validate: true }
    );
  }

  submit(cluster: string, script: string, options: Options, directory = ''): Promise<ISubmitted> {
    return this._server.send<ISubmitted>('POST', ['clusters', cluster, 'jobs'], {
      script,
      options,
      directory
    });
  }
}
