import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { ApiError } from '../api/request';
import type { IFormDescription, IFormSelection, Options, SubmitApi } from '../api/submit';
import type { ISubmitted } from '../api/types';
import { JobOptions } from './options';

/** Milliseconds of rest after typing before the script is read. */
const REST = 400;

/**
 * A job before it is submitted: its script, and the options read from it.
 *
 * The script is the one truth. A change in the form is written into its #SBATCH lines
 * by the server; what the server refuses stays here, beside its error, until mended.
 */
export class SubmitModel implements IDisposable {
  constructor(options: SubmitModel.IOptions) {
    this._api = options.api;
    this._draft = options.draft;
    this._script = options.draft.script;
    this._rest = options.rest ?? REST;
  }

  get cluster(): string {
    return this._draft.cluster;
  }

  /** The file that the script came from, as the contents API names it. */
  get path(): string | undefined {
    return this._draft.path;
  }

  get script(): string {
    return this._script;
  }

  /** The person typed. */
  set script(script: string) {
    if (script === this._script) {
      return;
    }
    this._script = script;
    this._scriptUnread = true;
    this._submitted = null;
    this._changed();
    this._later();
  }

  get form(): IFormDescription | null {
    return this._form;
  }

  /** Why the form could not be read. */
  get formError(): ApiError | null {
    return this._formError;
  }

  /** What the form shows: what is sent, and what was typed but refused. */
  get options(): Options {
    return this._options.shown;
  }

  /** Refused options: what is wrong with each. */
  get fieldErrors(): Record<string, ApiError> {
    return this._options.errors;
  }

  /** What is wrong with the script, or why it could not be read, checked or sent. */
  get error(): ApiError | null {
    return this._error;
  }

  get warnings(): readonly string[] {
    return this._warnings;
  }

  /** Whether the script was checked as it stands, and found good. */
  get checked(): boolean {
    return this._checked;
  }

  /** Slurm's answer to the submission of the script as it stands. */
  get submitted(): ISubmitted | null {
    return this._submitted;
  }

  /** What is under way with the server, for the person to see. */
  get busy(): 'check' | 'submit' | null {
    return this._busy;
  }

  /** Whether there is text that was neither submitted nor what the draft began with. */
  get dirty(): boolean {
    return (
      this._submitted === null && (this._script !== this._draft.pristine || this._options.refused)
    );
  }

  /** What to keep for a reload. */
  get draft(): SubmitModel.IDraft {
    return { ...this._draft, script: this._script };
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Reads the form of the cluster and the options of the script; never rejects. */
  async load(): Promise<void> {
    this._formError = null;
    this._changed();
    try {
      const form = await this._api.form(this.cluster, this.path);
      this._form = form;
      this._chosen = selectionOf(form.defaults);
      this._options.base = { ...form.defaults, ...this._draft.options };
    } catch (error) {
      this._formError = error as ApiError;
      this._changed();
      return;
    }
    this._scriptUnread = true;
    await this._settle();
  }

  /** Goes on to another cluster with the same script. */
  async choose(cluster: string): Promise<void> {
    this._draft = { ...this._draft, cluster };
    this._form = null;
    this._clearVerdict();
    await this.load();
  }

  /** The person changed the form; `options` is all that it shows now. */
  change(options: Partial<Options>): void {
    this._options.change(options);
    if (this._options.pending !== null) {
      this._clearVerdict();
      this._changed();
      this._later();
    }
  }

  /** Has the server check the job without submitting it; never rejects. */
  async check(): Promise<void> {
    await this._send('check', async (options, directory) => {
      const answer = await this._api.validate(this.cluster, this._script, options, directory);
      this._warnings = answer.warnings;
      this._checked = true;
    });
  }

  /** Submits; resolves with Slurm's answer, or null when it was refused (see `error`). */
  async submit(): Promise<ISubmitted | null> {
    await this._send('submit', async (options, directory) => {
      this._submitted = await this._api.submit(this.cluster, this._script, options, directory);
      this._warnings = this._submitted.warnings;
    });
    return this._submitted;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private async _send(
    what: 'check' | 'submit',
    task: (options: Options, directory: string) => Promise<void>
  ): Promise<void> {
    if (this._busy !== null) {
      return;
    }
    this._busy = what;
    this._clearVerdict();
    this._changed();
    try {
      await this._settle();
      if (this._error === null && !this._options.refused) {
        // A directory that nobody wrote into the script is where sbatch would be called.
        const { chdir = '', ...options } = this._options.beside;
        await task(options, String(chdir ?? ''));
      }
    } catch (error) {
      this._blame(error as ApiError);
    } finally {
      this._busy = null;
      this._changed();
    }
  }

  private _later(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this._settle(), this._rest);
  }

  /** Brings script and options together; one run at a time, until nothing is left. */
  private _settle(): Promise<void> {
    window.clearTimeout(this._timer);
    this._settling ??= this._run().finally(() => {
      this._settling = null;
      this._changed();
    });
    return this._settling;
  }

  private async _run(): Promise<void> {
    while (!this._isDisposed && (this._scriptUnread || this._options.pending !== null)) {
      const changes = this._options.pending;
      const script = this._script;
      this._scriptUnread = false;
      try {
        const answer = await this._api.script(this.cluster, script, changes ?? undefined);
        if (script !== this._script) {
          // The person went on typing: read that instead, and write the changes there.
          this._scriptUnread = true;
          continue;
        }
        this._options.read(answer.options, changes);
        void this._follow();
        this._warnings = answer.warnings;
        this._error = null;
        if (changes !== null) {
          this._script = answer.script ?? script;
        }
      } catch (error) {
        const problem = error as ApiError;
        if (changes !== null && problem.field !== null && problem.field in changes) {
          this._options.refuse(problem.field, problem);
          continue;
        }
        if (script !== this._script) {
          this._scriptUnread = true;
          continue;
        }
        // Nothing is forgotten: tried again with the next change, check or submission.
        this._scriptUnread = true;
        this._blame(problem);
        return;
      }
    }
  }

  /** Reads the form again when other choices are the right ones now; never rejects. */
  private async _follow(): Promise<void> {
    const chosen = selectionOf(this.options);
    const { cluster } = this;
    if (this._form === null || same(chosen, this._chosen)) {
      return;
    }
    this._chosen = chosen;
    try {
      const form = await this._api.form(cluster, this.path, chosen);
      if (cluster === this.cluster && same(chosen, this._chosen)) {
        this._form = form;
        this._changed();
      }
    } catch {
      // The choices stay what they were; whether they fit, Slurm says.
    }
  }

  private _blame(problem: ApiError): void {
    if (problem.field !== null) {
      this._options.blame(problem.field, problem);
    }
    this._error = problem;
  }

  private _clearVerdict(): void {
    this._checked = false;
    this._error = null;
    this._submitted = null;
    this._warnings = [];
    this._options.forgive();
  }

  private _changed(): void {
    if (!this._isDisposed) {
      this._stateChanged.emit();
    }
  }

  private readonly _api: Pick<SubmitApi, 'form' | 'script' | 'validate' | 'submit'>;
  private readonly _options = new JobOptions();
  private readonly _rest: number;
  private readonly _stateChanged = new Signal<this, void>(this);
  private _chosen: IFormSelection = {};
  private _busy: 'check' | 'submit' | null = null;
  private _checked = false;
  private _draft: SubmitModel.IDraft;
  private _error: ApiError | null = null;
  private _form: IFormDescription | null = null;
  private _formError: ApiError | null = null;
  private _isDisposed = false;
  private _script: string;
  private _scriptUnread = true;
  private _settling: Promise<void> | null = null;
  private _submitted: ISubmitted | null = null;
  private _timer = 0;
  private _warnings: readonly string[] = [];
}

function selectionOf({ account, qos }: Options): IFormSelection {
  return { ...(account ? { account: String(account) } : {}), ...(qos ? { qos: String(qos) } : {}) };
}

function same(one: IFormSelection, other: IFormSelection): boolean {
  return one.account === other.account && one.qos === other.qos;
}

export namespace SubmitModel {
  /** A job that is being written, as it is kept over a reload. */
  export interface IDraft {
    cluster: string;
    script: string;
    /** The text that the draft began with: what is lost by throwing it away is nothing. */
    pristine: string;
    /** The contents path of the script's file. */
    path?: string;
    /** Options that count beside the script, as when a job is submitted again. */
    options?: Options;
  }

  export interface IOptions {
    api: Pick<SubmitApi, 'form' | 'script' | 'validate' | 'submit'>;
    draft: IDraft;
    /** Milliseconds of rest after typing before the script is read. */
    rest?: number;
  }
}
