import type { IDisposable } from '@lumino/disposable';

import { arrayIdOf, type ITransition, type NotifyLevel, shouldNotify } from './transitions';

/** Milliseconds to wait for more transitions of the same update. */
const GATHER_TIME = 500;

/** Milliseconds between two batches of messages. */
const PAUSE = 10_000;

/** Milliseconds between two messages about one array. */
const ARRAY_PAUSE = 60_000;

/** The most messages in a batch; if there are more, they are combined. */
const MAX_MESSAGES = 3;

/**
 * Combines transitions into a few messages, however many jobs change.
 *
 * The tasks of an array share a message. If there were more than three messages at once,
 * there is one for each cluster instead. Transitions soon after a batch wait for the next.
 */
export class TransitionDigest implements IDisposable {
  /**
   * @param _announce - called with the transitions of one message
   */
  constructor(private readonly _announce: (transitions: readonly ITransition[]) => void) {}

  /** Which transitions to announce. */
  get level(): NotifyLevel {
    return this._level;
  }
  set level(value: NotifyLevel) {
    this._level = value;
    for (const [key, transition] of this._waiting) {
      if (!shouldNotify(transition, value)) {
        this._waiting.delete(key);
      }
    }
  }

  /** Add a transition; only the newest state of a job is announced. */
  add(transition: ITransition): void {
    if (this._isDisposed || !shouldNotify(transition, this._level)) {
      return;
    }
    this._waiting.set(`${transition.cluster} ${transition.job_id}`, transition);
    this._schedule();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
    this._waiting.clear();
  }

  private _schedule(): void {
    clearTimeout(this._timer);
    if (this._waiting.size === 0) {
      return;
    }
    const now = Date.now();
    const soonest = Math.min(...[...this._waiting.values()].map(one => this._quietUntil(one)));
    const at = Math.max(now + GATHER_TIME, this._last + PAUSE, soonest);
    this._timer = setTimeout(() => this._announceDue(), at - now);
  }

  private _quietUntil(transition: ITransition): number {
    return this._arrays.get(groupOf(transition)) ?? 0;
  }

  private _announceDue(): void {
    const now = Date.now();
    const groups = new Map<string, ITransition[]>();
    for (const [key, transition] of this._waiting) {
      if (this._quietUntil(transition) <= now) {
        const group = groupOf(transition);
        groups.set(group, [...(groups.get(group) ?? []), transition]);
        this._waiting.delete(key);
      }
    }
    this._last = now;
    for (const [group, until] of this._arrays) {
      if (until <= now) {
        this._arrays.delete(group);
      }
    }
    for (const [group, [first]] of groups) {
      if (arrayIdOf(first) !== null) {
        this._arrays.set(group, now + ARRAY_PAUSE);
      }
    }
    const messages =
      groups.size > MAX_MESSAGES ? byCluster([...groups.values()].flat()) : groups.values();
    for (const message of messages) {
      this._announce(message);
    }
    this._schedule();
  }

  /** The time until which each array is not mentioned again. */
  private _arrays = new Map<string, number>();
  private _isDisposed = false;
  private _last = -PAUSE;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _waiting = new Map<string, ITransition>();
  private _level: NotifyLevel = 'ended';
}

function groupOf(transition: ITransition): string {
  return `${transition.cluster} ${arrayIdOf(transition) ?? transition.job_id}`;
}

function byCluster(transitions: ITransition[]): Iterable<ITransition[]> {
  const clusters = new Map<string, ITransition[]>();
  for (const transition of transitions) {
    const { cluster } = transition;
    clusters.set(cluster, [...(clusters.get(cluster) ?? []), transition]);
  }
  return clusters.values();
}
