import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import type { ApiError } from './request';

/** Milliseconds at most between two tries while the server fails. */
const LONGEST = 60_000;

/** Something of one job that is read again and again while somebody sees it. */
export abstract class WatchedModel implements IDisposable {
  /**
   * @param name - What the poll is called.
   * @param interval - Milliseconds between two looks.
   */
  constructor(name: string, interval: number) {
    this.poll = new Poll({
      auto: false,
      name: `jupyter-slurm-rest:${name}`,
      factory: () => this.read(),
      frequency: { interval, backoff: true, max: LONGEST }
    });
  }

  /** Why the last look failed; null when it did not. */
  get error(): ApiError | null {
    return this.failure;
  }

  /** Whether nothing will change any more, so that nobody needs to look again. */
  get settled(): boolean {
    return false;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether somebody sees it; nothing is read otherwise. */
  get watched(): boolean {
    return this._watched;
  }
  set watched(watched: boolean) {
    if (watched === this._watched || this._isDisposed) {
      return;
    }
    this._watched = watched;
    if (watched && !this.settled) {
      void this.refresh();
    } else {
      void this.poll.stop();
    }
  }

  /** Looks now, also when nothing would look by itself; never rejects. */
  async refresh(): Promise<void> {
    if (this._isDisposed) {
      return;
    }
    await this.poll.refresh();
    // A failure is in `error` by then.
    await this.poll.tick.catch(() => undefined);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.poll.dispose();
    Signal.clearData(this);
  }

  /** One look; a rejection makes the poll back off. */
  protected abstract read(): Promise<void>;

  protected emitChanged(): void {
    this._stateChanged.emit();
  }

  protected failure: ApiError | null = null;
  protected readonly poll: Poll;
  private readonly _stateChanged = new Signal<this, void>(this);
  private _isDisposed = false;
  private _watched = false;
}
