import type { TranslationBundle } from '@jupyterlab/translation';

import type { IJobTransition } from '../api/types';
import { describeExit, describeState, isFinished, type Tone } from '../words/job-state';

/** One of the person's jobs changed its state. */
export interface ITransition extends IJobTransition {
  cluster: string;
}

/** What a person wants to hear of. */
export type NotifyLevel = 'none' | 'ended' | 'all';

/** Characters of a job's name that a message shows. */
const NAME = 40;

/** Whether the job is over, even if Slurm still clears up after it: it says so only once. */
function hasEnded({ state, flags }: ITransition): boolean {
  return isFinished(
    state,
    flags.filter(flag => flag !== 'COMPLETING')
  );
}

/** Whether a person who wants that much wants to hear of it. */
export function shouldNotify(transition: ITransition, wanted: NotifyLevel): boolean {
  const started = transition.state === 'RUNNING';
  return wanted !== 'none' && (hasEnded(transition) || (wanted === 'all' && started));
}

/** The job array that the job is a task of; null: none. */
export function arrayIdOf({ id }: ITransition): string | null {
  return /^(\d+)_/.exec(id)?.[1] ?? null;
}

/** How bad the worst of them is. */
export function toneOf(transitions: readonly ITransition[], trans: TranslationBundle): Tone {
  const tones = transitions.map(({ state }) => describeState(state, [], trans).tone);
  const order: Tone[] = ['bad', 'stopped', 'unknown', 'active', 'good'];
  return order.find(tone => tones.includes(tone)) ?? 'unknown';
}

/** What happened, in one line. */
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
  return name.length > NAME ? `${name.slice(0, NAME - 1)}…` : name;
}
