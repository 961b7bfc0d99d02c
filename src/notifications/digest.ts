import type { IDisposable } from '@lumino/disposable';

import { arrayOf, isWanted, type ITransition, type Wanted } from './transitions';

/** Milliseconds that a reading's transitions are given to arrive together. */
const TOGETHER = 500;

/** Milliseconds between two rounds of messages. */
const PAUSE = 10_000;

/** Milliseconds between two messages about one array. */
const ARRAY_PAUSE = 60_000;

/** Messages at once; more become one. */
const MOST = 3;

/**
 * Gathers transitions into a few messages, however many jobs change.
 *
 * Tasks of an array are one message; more than three messages at once are one for each
 * cluster; what comes soon after waits and is gathered.
 */
export class TransitionDigest implements IDisposable {
  /**
   * @param announce - Called with the transitions of one message, none of them told before.
   */
  constructor(private readonly _announce: (transitions: readonly ITransition[]) => void) {}

  /** What the person wants to hear of. */
  get wanted(): Wanted {
    return this._wanted;
  }
  set wanted(value: Wanted) {
    this._wanted = value;
    for (const [key, transition] of this._waiting) {
      if (!isWanted(transition, value)) {
        this._waiting.delete(key);
      }
    }
  }

  /** Take what happened to a job; only its newest state is told. */
  add(transition: ITransition): void {
    if (this._isDisposed || !isWanted(transition, this._wanted)) {
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
    const at = Math.max(now + TOGETHER, this._last + PAUSE, soonest);
    this._timer = setTimeout(() => this._tell(), at - now);
  }

  private _quietUntil(transition: ITransition): number {
    return this._arrays.get(groupOf(transition)) ?? 0;
  }

  private _tell(): void {
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
      if (arrayOf(first) !== null) {
        this._arrays.set(group, now + ARRAY_PAUSE);
      }
    }
    const messages = groups.size > MOST ? byCluster([...groups.values()].flat()) : groups.values();
    for (const message of messages) {
      this._announce(message);
    }
    this._schedule();
  }

  /** Until when nothing is said of an array, by its group. */
  private _arrays = new Map<string, number>();
  private _isDisposed = false;
  private _last = -PAUSE;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _waiting = new Map<string, ITransition>();
  private _wanted: Wanted = 'ended';
}

function groupOf(transition: ITransition): string {
  return `${transition.cluster} ${arrayOf(transition) ?? transition.job_id}`;
}

function byCluster(transitions: ITransition[]): Iterable<ITransition[]> {
  const clusters = new Map<string, ITransition[]>();
  for (const transition of transitions) {
    const { cluster } = transition;
    clusters.set(cluster, [...(clusters.get(cluster) ?? []), transition]);
  }
  return clusters.values();
}
