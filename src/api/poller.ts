import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import { type ApiError, toApiError } from './request';

/** Seconds between two requests, unless the user sets something else. */
const DEFAULT_INTERVAL = 15;

/** The shortest interval in seconds that a user can set: the cluster is shared. */
const MINIMUM_INTERVAL = 5;

/**
 * Why data is loaded: `refresh` reads everything in view again, `manual` does so because the
 * user asked for it, and `more` reads what is missing.
 */
export type LoadReason = 'refresh' | 'manual' | 'more';

/** How old loaded data is. */
export interface IAge {
  /** When Slurm reported the data, by the browser's clock: seconds since the epoch. */
  asOf: number;
  /** The same by the server's clock. */
  serverAsOf?: number;
  /** Whether the server knows that the data is outdated. */
  stale?: boolean;
}

/**
 * Loads data from the server repeatedly while it is shown.
 *
 * A model owns a poller and tells it what to load and where to keep it. The poller knows
 * whether a request is under way, how old the data is and why the last request failed, so
 * that a view can show old data together with the reason why there is no newer data.
 */
export class Poller<T = unknown> implements IDisposable {
  constructor(private readonly _options: Poller.IOptions<T>) {
    const { interval = DEFAULT_INTERVAL, maxInterval = 60 } = _options;
    this._poll = new Poll({
      auto: false,
      name: `jupyter-slurm-rest:${_options.name}`,
      factory: () => this._tick(),
      frequency: {
        interval: interval * 1000,
        backoff: true,
        max: maxInterval * 1000
      },
      standby: _options.standby ?? 'when-hidden'
    });
  }

  /** Emitted after every change of the model. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Counts the changes. */
  get revision(): number {
    return this._revision;
  }

  /** Why the last request failed; null if it succeeded. */
  get error(): ApiError | null {
    return this._error;
  }

  /** Whether a request is under way. */
  get loading(): boolean {
    return this._loading > 0;
  }

  /** Whether the data is older than it should be. */
  get stale(): boolean {
    return this._asOf !== null && (this._error !== null || this._stale);
  }

  /** When Slurm reported the data: seconds since the epoch; null before the first response. */
  get asOf(): number | null {
    return this._asOf;
  }

  /** Seconds that the server's clock is ahead of the browser's, as far as known. */
  get clockAhead(): number {
    return this._asOf === null || this._serverAsOf === 0 ? 0 : this._serverAsOf - this._asOf;
  }

  /** Whether the data is shown. Nothing is loaded by itself otherwise. */
  get active(): boolean {
    return this._active;
  }
  set active(active: boolean) {
    if (active === this._active || this._isDisposed) {
      return;
    }
    this._active = active;
    if (!active || this._options.isSettled?.(null)) {
      void this._poll.stop();
    } else if (this._options.delayed) {
      void this._poll.schedule({ interval: this._poll.frequency.interval, phase: 'started' });
    } else {
      void this._poll.start();
    }
  }

  /** Seconds between two requests; at least MINIMUM_INTERVAL. */
  set interval(seconds: number | undefined) {
    const interval = Math.max(MINIMUM_INTERVAL, seconds ?? DEFAULT_INTERVAL) * 1000;
    this._poll.frequency = { ...this._poll.frequency, interval };
  }

  /**
   * Load again now if the data is shown. Never rejects: see `error`.
   *
   * @param reason - `manual` if the user asked for it: then the model changes at once.
   */
  async refresh(reason: 'refresh' | 'manual' = 'refresh'): Promise<void> {
    if (!this._active) {
      return;
    }
    this._reason = reason;
    // Poll.refresh() would do nothing while an earlier request is under way, but that
    // request may not have asked for what is wanted now.
    this._generation += 1;
    void this._poll.stop();
    await this._poll.start();
    await this._poll.tick.catch(() => undefined);
  }

  /** Load once now, whether the data is shown or not. Never rejects: see `error`. */
  async load(): Promise<void> {
    this._generation += 1;
    await this._load('refresh');
  }

  /** Load what is missing, unless a request is under way or the last one failed. */
  loadMore(): void {
    if (this._active && this._loading === 0 && this._error === null) {
      void this._load('more');
    }
  }

  /**
   * Load again if the server has newer data than what is shown.
   *
   * @param serverAsOf - When Slurm reported it, by the server's clock.
   */
  onServerUpdate(serverAsOf: number): void {
    if (this._active && this._loading === 0 && serverAsOf > this._serverAsOf) {
      void this.refresh();
    }
  }

  /** Load nothing until `refresh` is called or the data is shown again. */
  pause(): void {
    void this._poll.stop();
  }

  /** Drop the state and ignore requests under way: the model shows something else now. */
  reset(): void {
    this._generation += 1;
    this._asOf = null;
    this._serverAsOf = 0;
    this._stale = false;
    this._error = null;
  }

  /** Announce a change of the model. */
  emitChanged(): void {
    if (!this._isDisposed) {
      this._revision += 1;
      this._changed.emit();
    }
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

  /** Called by the poll: a rejection makes it back off. */
  private async _tick(): Promise<void> {
    const reason = this._reason;
    this._reason = 'refresh';
    if (!(await this._load(reason))) {
      throw this._error ?? new Error('The request was superseded.');
    }
  }

  /** Returns whether it succeeded; a result that is no longer wanted counts as success. */
  private async _load(reason: LoadReason): Promise<boolean> {
    const generation = this._generation;
    const isCurrent = () => !this._isDisposed && generation === this._generation;
    const options = this._options;
    this._loading += 1;
    if (reason === 'manual') {
      this.emitChanged();
    }
    try {
      let next = reason;
      do {
        const loaded = await options.load(next);
        if (!isCurrent()) {
          return true;
        }
        this._error = null;
        if (loaded === null) {
          break;
        }
        this._setAge(options.apply(loaded));
        next = 'more';
      } while (options.hasMore?.());
    } catch (error) {
      if (!isCurrent()) {
        return true;
      }
      this._error = toApiError(error);
    } finally {
      this._loading -= 1;
      this.emitChanged();
    }
    if (options.isSettled?.(this._error)) {
      this.pause();
    }
    return this._error === null;
  }

  private _setAge(age: IAge | void): void {
    if (age) {
      this._asOf = age.asOf;
      this._serverAsOf = age.serverAsOf ?? 0;
      this._stale = age.stale ?? false;
    }
  }

  private _active = false;
  private _asOf: number | null = null;
  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
  private _generation = 0;
  private _isDisposed = false;
  private _loading = 0;
  private readonly _poll: Poll<void, unknown, string>;
  private _reason: 'refresh' | 'manual' = 'refresh';
  private _revision = 0;
  private _serverAsOf = 0;
  private _stale = false;
}

export namespace Poller {
  /** What a model that is polled lets its owner choose. */
  export interface IModelOptions {
    /** Seconds between two requests. */
    interval?: number;
    /** When to skip requests; only tests need anything but `when-hidden`. */
    standby?: Poll.Standby;
  }

  export interface IOptions<T> extends IModelOptions {
    /** The poll's name, for debugging. */
    name: string;
    /** Reads from the server; null when there is nothing to read. */
    load: (reason: LoadReason) => Promise<T | null>;
    /** Keeps what was read and returns how old it is; not called for outdated responses. */
    apply(loaded: T): IAge | void;
    /** Whether to read on at once, for data that is read in pieces. */
    hasMore?: () => boolean;
    /** Whether the data will not change any more; `error` is that of the last request. */
    isSettled?: (error: ApiError | null) => boolean;
    /** The longest time between two attempts while the server fails, in seconds; 60. */
    maxInterval?: number;
    /** Whether the first request waits for an interval. */
    delayed?: boolean;
  }
}
