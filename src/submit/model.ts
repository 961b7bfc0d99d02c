import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { type ApiError, toApiError } from '../api/request';
import type { IFormDescription, IFormSelection, Options, SubmitApi } from '../api/submit';
import type { IScriptProblem, ISubmitted } from '../api/types';
import type { IDraft } from './drafts';
import { isSameSelection, JobOptions, selectionOf } from './options';
import {
  type IComparison,
  isOutOfStep,
  problemsOf,
  replaceText,
  type SubmitRequest
} from './problems';

/** Milliseconds without typing before the script is read. */
const TYPING_PAUSE = 400;

/**
 * A job before it is submitted: its script, which is the single source of truth, and the
 * options read from it. Changes of the form are written into it; rejected ones stay in the form.
 */
export class SubmitModel implements IDisposable {
  constructor(options: SubmitModel.IOptions) {
    this._api = options.api;
    this._draft = options.draft;
    this._script = options.draft.script;
    this._typingPause = options.typingPause ?? TYPING_PAUSE;
  }

  get cluster(): string {
    return this._draft.cluster;
  }

  /** The contents path of the script's file. */
  get path(): string | undefined {
    return this._draft.path;
  }

  get script(): string {
    return this._script;
  }

  /** Set the script, as the user types. */
  set script(script: string) {
    if (script === this._script) {
      return;
    }
    this._script = script;
    this._scriptUnread = true;
    this._submitted = null;
    this._emitChanged();
    this._scheduleSync();
  }

  get form(): IFormDescription | null {
    return this._form;
  }

  /** Why the form could not be read. */
  get formError(): ApiError | null {
    return this._formError;
  }

  /** What the form shows. */
  get options(): Options {
    return this._options.values;
  }

  /** What is wrong with each rejected option. */
  get fieldErrors(): Record<string, ApiError> {
    return this._options.errors;
  }

  /** What is wrong with the script, or why it could not be read, checked or submitted. */
  get error(): ApiError | null {
    return this._error;
  }

  get warnings(): readonly string[] {
    return this._warnings;
  }

  /** What the job was compared with; null if the current script was not compared. */
  get comparison(): IComparison | null {
    return this._comparison;
  }

  /** What is wrong with the script, or what the cluster does not take. */
  get problems(): readonly IScriptProblem[] {
    return this._problems;
  }

  /** Whether the script has errors, so that the form shows what it said before. */
  get outOfStep(): boolean {
    return isOutOfStep(this._error);
  }

  /** The response to the submission of the current script. */
  get submitted(): ISubmitted | null {
    return this._submitted;
  }

  get busy(): SubmitRequest | null {
    return this._busy;
  }

  /** Whether there are changes that were not submitted. */
  get dirty(): boolean {
    return (
      this._submitted === null &&
      (this._script !== this._draft.original || this._options.hasRejected)
    );
  }

  /** What to store for a reload. */
  get draft(): IDraft {
    return { ...this._draft, script: this._script };
  }

  /** Emitted after every change. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get revision(): number {
    return this._revision;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Read the form of the cluster and the options of the script. Never rejects. */
  async load(): Promise<void> {
    this._formError = null;
    this._emitChanged();
    try {
      const form = await this._api.form(this.cluster, this.path, { folder: this._draft.folder });
      this._form = form;
      this._selection = selectionOf(form.defaults);
      this._options.defaults = { ...form.defaults, ...this._draft.options };
    } catch (error) {
      this._formError = toApiError(error);
      this._emitChanged();
      return;
    }
    this._scriptUnread = true;
    await this._sync();
  }

  /** Use another cluster for the same script. */
  async setCluster(cluster: string): Promise<void> {
    this._draft = { ...this._draft, cluster };
    this._form = null;
    this._clearResult();
    await this.load();
  }

  /** Take a change of the form; `options` is everything the form shows now. */
  change(options: Partial<Options>): void {
    this._options.change(options);
    if (this._options.pending !== null) {
      this._clearResult();
      this._emitChanged();
      this._scheduleSync();
    }
  }

  /** Mend a problem: write what it suggests into the script, unless that has changed since. */
  mend(problem: IScriptProblem): void {
    if (this._script !== this._problemScript) {
      return;
    }
    if (problem.text !== '') {
      this.script = replaceText(this._script, problem);
    } else if (problem.field !== null && problem.value !== '') {
      this.change({ ...this.options, [problem.field]: problem.value });
    }
  }

  /** Have the server check the job without submitting it. Never rejects. */
  async check(): Promise<void> {
    await this._request('check', async (options, directory) => {
      await this._compare(options, directory);
    });
  }

  /** Submit the job; resolves with the response, or null if it failed (see `error`). */
  async submit(): Promise<ISubmitted | null> {
    await this._request('submit', async (options, directory) => {
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

  private async _request(
    request: SubmitRequest,
    task: (options: Options, directory: string) => Promise<void>
  ): Promise<void> {
    if (this._busy !== null) {
      return;
    }
    this._busy = request;
    this._clearResult();
    this._emitChanged();
    try {
      await this._sync();
      if (this._error === null && !this._options.hasRejected) {
        await task(...this._given());
      }
    } catch (error) {
      this._setError(toApiError(error));
    } finally {
      this._busy = null;
      this._emitChanged();
    }
  }

  private _given(): [Options, string] {
    // A default directory is the one that sbatch would be called in, not an option.
    const { chdir = '', ...options } = this._options.effectiveDefaults;
    return [options, String(chdir ?? '')];
  }

  private async _compare(options: Options, directory: string): Promise<void> {
    const { cluster, script } = this;
    const response = await this._api.validate(cluster, script, options, directory);
    if (script === this._script && cluster === this.cluster) {
      this._warnings = response.warnings;
      this._setProblems(response.problems);
      this._comparison = { compared: response.compared, unknown: response.unknown };
    }
  }

  /** Compares the job as soon as the script was read, before anybody asks. Never rejects. */
  private async _compareQuietly(): Promise<void> {
    const script = this._script;
    try {
      await this._compare(...this._given());
    } catch (error) {
      // What is wrong with the job; whatever else failed is told when the user asks.
      if (toApiError(error).status === 422 && script === this._script && !this._submitted) {
        this._setError(toApiError(error));
      }
    }
    this._emitChanged();
  }

  private _scheduleSync(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this._sync(), this._typingPause);
  }

  /** Writes changes of the form into the script and reads the options from it. */
  private _sync(): Promise<void> {
    window.clearTimeout(this._timer);
    this._syncing ??= this._syncUntilDone().finally(() => {
      this._syncing = null;
      this._emitChanged();
    });
    return this._syncing;
  }

  private async _syncUntilDone(): Promise<void> {
    let read = false;
    while (!this._isDisposed && (this._scriptUnread || this._options.pending !== null)) {
      const changes = this._options.pending;
      const script = this._script;
      this._scriptUnread = false;
      try {
        const response = await this._api.script(this.cluster, script, changes ?? undefined);
        if (script !== this._script) {
          // The user went on typing: read the new text, and write the changes into it.
          this._scriptUnread = true;
          continue;
        }
        this._options.setFromScript(response.options, changes);
        void this._updateForm();
        this._warnings = response.warnings;
        this._error = null;
        this._problems = [];
        this._comparison = null;
        if (changes !== null) {
          this._script = response.script ?? script;
        }
        read = true;
      } catch (error) {
        const problem = toApiError(error);
        if (changes !== null && problem.field !== null && problem.field in changes) {
          this._options.reject(problem.field, problem);
          continue;
        }
        // If the user did not go on typing, the next change, check or submission retries.
        this._scriptUnread = true;
        if (script === this._script) {
          this._setError(problem);
          return;
        }
      }
    }
    if (read && this._busy === null && !this._isDisposed) {
      void this._compareQuietly();
    }
  }

  /** Reads the form again if another account or QOS is selected. Never rejects. */
  private async _updateForm(): Promise<void> {
    const selection = selectionOf(this.options);
    const { cluster } = this;
    if (this._form === null || isSameSelection(selection, this._selection)) {
      return;
    }
    this._selection = selection;
    try {
      const form = await this._api.form(cluster, this.path, {
        ...selection,
        folder: this._draft.folder
      });
      if (cluster === this.cluster && isSameSelection(selection, this._selection)) {
        this._form = form;
        this._emitChanged();
      }
    } catch {
      // The old choices stay; Slurm says at submission whether they are valid.
    }
  }

  private _setError(error: ApiError): void {
    this._clearResult();
    this._error = error;
    this._setProblems(problemsOf(error));
  }

  private _setProblems(problems: readonly IScriptProblem[]): void {
    this._problems = problems;
    this._problemScript = this._script;
  }

  private _clearResult(): void {
    this._comparison = null;
    this._error = null;
    this._problems = [];
    this._submitted = null;
    this._warnings = [];
    this._options.clearErrors();
  }

  private _emitChanged(): void {
    if (!this._isDisposed) {
      this._revision += 1;
      this._changed.emit();
    }
  }

  private readonly _api: SubmitModel.IApi;
  private _busy: SubmitRequest | null = null;
  private readonly _changed = new Signal<this, void>(this);
  private _comparison: IComparison | null = null;
  private _draft: IDraft;
  private _error: ApiError | null = null;
  private _form: IFormDescription | null = null;
  private _formError: ApiError | null = null;
  private _isDisposed = false;
  private readonly _options = new JobOptions();
  private _problemScript = '';
  private _problems: readonly IScriptProblem[] = [];
  private _revision = 0;
  private _script: string;
  private _scriptUnread = true;
  private _selection: IFormSelection = {};
  private _submitted: ISubmitted | null = null;
  private _syncing: Promise<void> | null = null;
  private _timer = 0;
  private readonly _typingPause: number;
  private _warnings: readonly string[] = [];
}

export namespace SubmitModel {
  export type IApi = Pick<SubmitApi, 'form' | 'script' | 'validate' | 'submit'>;

  export interface IOptions {
    api: IApi;
    draft: IDraft;
    /** Milliseconds without typing before the script is read. */
    typingPause?: number;
  }
}
