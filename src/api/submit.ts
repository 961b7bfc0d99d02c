import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { UiSchema } from '@rjsf/utils';
import type { JSONSchema7 } from 'json-schema';

import type { SlurmServer } from './request';
import type { IScriptAnswer, ISubmitted } from './types';

/** sbatch's options by long name with underscores, in the words a person writes. */
export type Options = IScriptAnswer['options'];

/** The submit form of one cluster for this person. */
export interface IFormDescription {
  schema: JSONSchema7;
  uiSchema: UiSchema<ReadonlyJSONObject>;
  defaults: Options;
}

/** What the choices of a form follow. */
export interface IFormSelection {
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
   * @param chosen - account and QOS that are chosen: partitions are those that take them
   */
  form(cluster: string, path?: string, chosen: IFormSelection = {}): Promise<IFormDescription> {
    return this._server.get<IFormDescription>(['clusters', cluster, 'form'], { path, ...chosen });
  }

  /** The options that a script sets; with `changes`, after those were written into it. */
  script(cluster: string, script: string, changes?: Options): Promise<IScriptAnswer> {
    return this._server.send<IScriptAnswer>('POST', ['clusters', cluster, 'script'], {
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
  ): Promise<IScriptAnswer> {
    return this._server.send<IScriptAnswer>(
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
