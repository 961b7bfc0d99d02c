import type { ApiError } from '../api/request';
import type { IFormSelection, Options } from '../api/submit';

/**
 * The options of a job that is being written, by where each comes from.
 *
 * Options in the script override the defaults. What the user changed in the form and was
 * not written into the script yet, or was rejected, is shown in place of both.
 */
export class JobOptions {
  /** The options that apply unless the script sets them. */
  set defaults(options: Options) {
    this._defaults = { ...options };
  }

  /** What the form shows. */
  get values(): Options {
    return { ...this._defaults, ...this._script, ...this._pending, ...this._rejected };
  }

  /** The defaults that apply: those that the script does not set. */
  get effectiveDefaults(): Options {
    return Object.fromEntries(
      Object.entries(this._defaults).filter(
        ([key, value]) => !(key in this._script) && normalize(value) !== null
      )
    );
  }

  /** Changes that are to be written into the script; null if there are none. */
  get pending(): Options | null {
    return Object.keys(this._pending).length > 0 ? this._pending : null;
  }

  /** Whether an option was rejected and not changed since. */
  get hasRejected(): boolean {
    return Object.keys(this._rejected).length > 0;
  }

  /** What is wrong with each option. */
  get errors(): Record<string, ApiError> {
    return this._errors;
  }

  /** Take a change of the form; `options` is everything the form shows now. */
  change(options: Partial<Options>): void {
    const { values } = this;
    for (const key of new Set([...Object.keys(values), ...Object.keys(options)])) {
      const value = normalize(options[key]);
      if (value !== normalize(values[key])) {
        delete this._rejected[key];
        this._pending = { ...this._pending, [key]: value };
      }
    }
  }

  /** Set the options of the script, after `written` was written into it. */
  setFromScript(options: Options, written: Options | null): void {
    this._script = options;
    if (written !== null) {
      this._dropPending(written);
    }
    this.clearErrors();
  }

  /** The server rejected the pending value of `key`. */
  reject(key: string, error: ApiError): void {
    const { [key]: value, ...others } = this._pending;
    this._pending = others;
    this._rejected = { ...this._rejected, [key]: value };
    this.setError(key, error);
  }

  /** Set what is wrong with an option. */
  setError(key: string, error: ApiError): void {
    this._errors = { ...this._errors, [key]: error };
  }

  /** Clear the errors, except those of rejected options. */
  clearErrors(): void {
    this._errors = Object.fromEntries(
      Object.entries(this._errors).filter(([key]) => key in this._rejected)
    );
  }

  /** Drops changes that were written, unless they were changed again meanwhile. */
  private _dropPending(written: Options): void {
    this._pending = Object.fromEntries(
      Object.entries(this._pending).filter(([key, value]) => written[key] !== value)
    );
    for (const [key, value] of Object.entries(written)) {
      if (value === null) {
        // The user cleared the field: the default does not apply either.
        delete this._defaults[key];
      }
    }
  }

  private _defaults: Options = {};
  private _errors: Record<string, ApiError> = {};
  private _pending: Options = {};
  private _rejected: Options = {};
  private _script: Options = {};
}

/** A value of the form; null if it is empty. */
function normalize(value: Options[string] | undefined): Options[string] {
  return value === undefined || value === '' ? null : value;
}

/** What the choices of the form depend on. */
export function selectionOf({ account, qos }: Options): IFormSelection {
  return { ...(account ? { account: String(account) } : {}), ...(qos ? { qos: String(qos) } : {}) };
}

/** Whether two selections are the same. */
export function isSameSelection(one: IFormSelection, other: IFormSelection): boolean {
  return one.account === other.account && one.qos === other.qos;
}
