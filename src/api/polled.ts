import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import { ApiError } from './request';

/** Seconds between two looks, and the least that anyone may set: the cluster is shared. */
export const DEFAULT_INTERVAL = 15;
export const MINIMUM_INTERVAL = 5;

/**
 * Something read from the server again and again while somebody looks at it.
 *
 * Loading, error and data are told apart, so that a view can draw old data and the
 * reason why there is no newer one side by side.
 */
export abstract class PolledModel implements IDisposable {
  constructor(options: PolledModel.IOptions) {
    this._poll = new Poll({
      auto: false,
      name: `jupyter-slurm-rest:${options.name}`,
      factory: () => this._read(),
      frequency: { interval: seconds(options.interval), backoff: true, max: 60 * 1000 },
      standby: options.standby ?? 'when-hidden'
    });
  }

  /** Emitted after every change. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Counts the changes: a cheap answer to "is it what I drew?" */
  get revision(): number {
    return this._revision;
  }

  /** Why the last look failed; null when it did not. */
  get error(): ApiError | null {
    return this._error;
  }

  /** Whether an answer is awaited. */
  get loading(): boolean {
    return this._loading > 0;
  }

  /** Whether there is no newer data than what is shown, and there should be. */
  get stale(): boolean {
    return this._asOf !== null && (this._error !== null || this._stale);
  }

  /** When Slurm said what is shown: seconds since the epoch; null before the first answer. */
  get asOf(): number | null {
    return this._asOf;
  }

  /** Seconds that the server's clock is ahead of the browser's, as far as is known. */
  protected get clockAhead(): number {
    return this._asOf === null || this._serverAsOf === 0 ? 0 : this._serverAsOf - this._asOf;
  }

  /** Whether somebody looks. The first look is at once, also after a long absence. */
  get active(): boolean {
    return this._active;
  }
  set active(value: boolean) {
    if (value === this._active || this._isDisposed) {
      return;
    }
    this._active = value;
    if (value) {
      void this._poll.start();
    } else {
      void this._poll.stop();
    }
  }

  /** Seconds between two looks. */
  set interval(value: number | undefined) {
    this._poll.frequency = { ...this._poll.frequency, interval: seconds(value) };
  }

  /** Look now. Never rejects: see `error`. */
  async refresh(): Promise<void> {
    if (!this._active) {
      return;
    }
    // Poll.refresh() would do nothing while an older refresh is under way, and what was
    // asked then may not be what is wanted now.
    this._generation += 1;
    void this._poll.stop();
    await this._poll.start();
    await this._poll.tick.catch(() => undefined);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._poll.dispose();
    Signal.clearData(this);
  }

  /**
   * Read and keep what was read.
   *
   * @param isCurrent - Tells whether the answer is still wanted.
   * @param why - `tick`: everything in sight anew; `more`: what came into sight.
   */
  protected abstract fetch(isCurrent: () => boolean, why: 'tick' | 'more'): Promise<void>;

  /**
   * Look again if the server knows something newer than what is shown.
   *
   * @param serverAsOf - When Slurm was asked, by the server's clock.
   */
  hear(serverAsOf: number): void {
    if (this._active && this._loading === 0 && serverAsOf > this._serverAsOf) {
      void this.refresh();
    }
  }

  /** Keep the age of new data, by the browser's clock and by the server's. */
  protected dated(asOf: number, stale: boolean, serverAsOf = 0): void {
    this._asOf = asOf;
    this._serverAsOf = serverAsOf;
    this._stale = stale;
  }

  /** Forget that there was an answer: what is asked for is something else now. */
  protected forget(): void {
    this._generation += 1;
    this._asOf = null;
    this._serverAsOf = 0;
    this._stale = false;
    this._error = null;
  }

  protected emitChanged(): void {
    if (!this._isDisposed) {
      this._revision += 1;
      this._changed.emit();
    }
  }

  /** One look, with its error kept; returns whether it went well. */
  protected async look(why: 'tick' | 'more'): Promise<boolean> {
    const generation = this._generation;
    const isCurrent = () => !this._isDisposed && generation === this._generation;
    this._loading += 1;
    try {
      await this.fetch(isCurrent, why);
      if (isCurrent()) {
        this._error = null;
      }
      return true;
    } catch (error) {
      if (!isCurrent()) {
        return true;
      }
      this._error =
        error instanceof ApiError
          ? error
          : new ApiError(0, { message: String(error), reason: 'internal' });
      return false;
    } finally {
      this._loading -= 1;
      this.emitChanged();
    }
  }

  /** The poll's own look: a rejection makes it back off. */
  private async _read(): Promise<void> {
    if (!(await this.look('tick'))) {
      throw this._error ?? new Error('superseded');
    }
  }

  private _active = false;
  private _asOf: number | null = null;
  private _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _generation = 0;
  private _isDisposed = false;
  private _loading = 0;
  private _poll: Poll<void, unknown, string>;
  private _revision = 0;
  private _serverAsOf = 0;
  private _stale = false;
}

export namespace PolledModel {
  export interface IOptions {
    /** The poll's name, for debugging. */
    name: string;
    /** Seconds between two looks. */
    interval?: number;
    /** When not to look; only for tests other than `when-hidden`. */
    standby?: Poll.Standby;
  }
}

function seconds(interval: number | undefined): number {
  return Math.max(MINIMUM_INTERVAL, interval ?? DEFAULT_INTERVAL) * 1000;
}
