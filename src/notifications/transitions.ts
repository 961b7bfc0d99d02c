import type { TranslationBundle } from '@jupyterlab/translation';

import type { IJobTransition } from '../api/types';
import { describeExit, describeState, isFinished, type Tone } from '../words/job-state';

/** A state change of one of the user's jobs. */
export interface ITransition extends IJobTransition {
  cluster: string;
}

/** Which state changes the user wants to be notified of. */
export type NotifyLevel = 'none' | 'ended' | 'all';

/** The most characters of a job's name in a message. */
const MAX_NAME = 40;

/** Whether the job has ended; it may still be completing, which is not a separate transition. */
function hasEnded({ state, flags }: ITransition): boolean {
  return isFinished(
    state,
    flags.filter(flag => flag !== 'COMPLETING')
  );
}

/** Whether to notify the user of a transition. */
export function shouldNotify(transition: ITransition, level: NotifyLevel): boolean {
  const started = transition.state === 'RUNNING';
  return level !== 'none' && (hasEnded(transition) || (level === 'all' && started));
}

/** The id of the array that the job is a task of; null if there is none. */
export function arrayIdOf({ id }: ITransition): string | null {
  return /^(\d+)_/.exec(id)?.[1] ?? null;
}

/** The most severe tone among the transitions. */
export function toneOf(transitions: readonly ITransition[], trans: TranslationBundle): Tone {
  const tones = transitions.map(({ state }) => describeState(state, [], trans).tone);
  const order: Tone[] = ['bad', 'stopped', 'unknown', 'active', 'good'];
  return order.find(tone => tones.includes(tone)) ?? 'unknown';
}

/** Describes the transitions in one line. */
export function describeTransitions(
  transitions: readonly ITransition[],
  trans: TranslationBundle
): string {
  const [first] = transitions;
  if (transitions.length === 1) {
    const { label } = describeState(first.state, [], trans);
    const exit = first.state === 'FAILED' && first.exit_code;
    return exit && (exit.code || exit.signal)
      ? trans.__('Job %1 %2: %3, %4', first.id, short(first.name), label, describeExit(exit, trans))
      : trans.__('Job %1 %2: %3', first.id, short(first.name), label);
  }
  const counts = new Map<string, number>();
  for (const { state } of transitions) {
    const { label } = describeState(state, [], trans);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const ends = [...counts].map(([label, count]) => `${label} ${count}`).join(', ');
  const array = arrayIdOf(first);
  return array !== null && transitions.every(other => arrayIdOf(other) === array)
    ? trans.__(
        '%1 tasks of job %2 %3: %4',
        transitions.length.toLocaleString(),
        array,
        short(first.name),
        ends
      )
    : trans.__('%1 jobs on %2: %3', transitions.length.toLocaleString(), first.cluster, ends);
}

function short(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name;
}
