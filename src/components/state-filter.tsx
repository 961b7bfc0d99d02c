import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { describeState } from '../models/jobstate';

/** One button for each state that there is: how many jobs, and whether to show only these. */
export function StateFilter(props: {
  counts: Readonly<Record<string, number>>;
  chosen: readonly string[];
  trans: TranslationBundle;
  onChange: (states: string[]) => void;
}): JSX.Element | null {
  const { counts, chosen, trans, onChange } = props;
  const states = [...new Set([...Object.keys(counts), ...chosen])].sort(
    (a, b) => rank(a) - rank(b) || a.localeCompare(b)
  );
  if (states.length === 0) {
    return null;
  }
  return (
    <div className="jp-SlurmStates" role="group" aria-label={trans.__('States to show')}>
      {states.map(state => {
        const pressed = chosen.includes(state);
        return (
          <button
            key={state}
            type="button"
            className="jp-SlurmStates-state"
            aria-pressed={pressed}
            onClick={() =>
              onChange(pressed ? chosen.filter(other => other !== state) : [...chosen, state])
            }
          >
            {describeState(state, [], trans).label}
            <span className="jp-SlurmStates-count">{(counts[state] ?? 0).toLocaleString()}</span>
          </button>
        );
      })}
    </div>
  );
}

const FIRST = ['RUNNING', 'PENDING', 'SUSPENDED', 'FAILED'];

function rank(state: string): number {
  const index = FIRST.indexOf(state);
  return index < 0 ? FIRST.length : index;
}
