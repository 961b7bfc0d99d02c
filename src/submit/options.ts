import type { ApiError } from '../api/request';
import type { Options } from '../api/submit';

/**
 * The options of a job that is being written, by where each comes from.
 *
 * What stands in the script counts over what stands beside it; what the person changed
 * and is not written yet, or was refused, is shown over both.
 */
export class JobOptions {
  /** What counts unless the script says otherwise. */
  set base(options: Options) {
    this._base = { ...options };
  }

  /** What the form shows: what is sent, and what was typed but refused. */
  get shown(): Options {
    return { ...this._base, ...this._read, ...this._pending, ...this._refused };
  }

  /** The options that count without standing in the script. */
  get beside(): Options {
    return Object.fromEntries(
      Object.entries(this._base).filter(
        ([key, value]) => !(key in this._read) && emptied(value) !== null
      )
    );
  }

  /** What the person changed and is to be written into the script; null: nothing. */
  get pending(): Options | null {
    return Object.keys(this._pending).length > 0 ? this._pending : null;
  }

  /** Whether something was refused and not mended since. */
  get refused(): boolean {
    return Object.keys(this._refused).length > 0;
  }

  /** What is wrong with each option. */
  get errors(): Record<string, ApiError> {
    return this._errors;
  }

  /** The person changed the form; `options` is all that it shows now. */
  change(options: Partial<Options>): void {
    const { shown } = this;
    for (const key of new Set([...Object.keys(shown), ...Object.keys(options)])) {
      const value = emptied(options[key]);
      if (value !== emptied(shown[key])) {
        delete this._refused[key];
        this._pending = { ...this._pending, [key]: value };
      }
    }
  }

  /** The script says `options`, after `written` was written into it. */
  read(options: Options, written: Options | null): void {
    this._read = options;
    if (written !== null) {
      this._forget(written);
    }
    this.forgive();
  }

  /** The server does not take the pending value of `key`. */
  refuse(key: string, problem: ApiError): void {
    const { [key]: value, ...others } = this._pending;
    this._pending = others;
    this._refused = { ...this._refused, [key]: value };
    this.blame(key, problem);
  }

  /** Say what is wrong with an option. */
  blame(key: string, problem: ApiError): void {
    this._errors = { ...this._errors, [key]: problem };
  }

  /** Keep only the errors of what is still refused. */
  forgive(): void {
    this._errors = Object.fromEntries(
      Object.entries(this._errors).filter(([key]) => key in this._refused)
    );
  }

  /** Drops changes that were written, but not what replaced them meanwhile. */
  private _forget(changes: Options): void {
    this._pending = Object.fromEntries(
      Object.entries(this._pending).filter(([key, value]) => changes[key] !== value)
    );
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) {
        // Emptied by the person: what stood beside the script goes, too.
        delete this._base[key];
      }
    }
  }

  private _base: Options = {};
  private _errors: Record<string, ApiError> = {};
  private _pending: Options = {};
  private _read: Options = {};
  private _refused: Options = {};
}

/** A value of the form; null when there is none. */
function emptied(value: Options[string] | undefined): Options[string] {
  return value === undefined || value === '' ? null : value;
}
