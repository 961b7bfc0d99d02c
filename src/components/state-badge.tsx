import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { describeState, type Tone } from '../words/job-state';

/** The number of letters that fit into the narrowest state column. */
const SHORT = 9;

interface IStateBadgeProps {
  state: string;
  flags?: readonly string[];
  trans: TranslationBundle;
}

/** A job's state with an icon; the title has Slurm's name for it. */
export function StateBadge(props: IStateBadgeProps): JSX.Element {
  const { state, flags = [], trans } = props;
  const { label, tone } = describeState(state, flags, trans);
  return <ToneBadge label={label} tone={tone} title={[state, ...flags].join(' ')} state={state} />;
}

/** A label with an icon for its tone. */
export function ToneBadge(props: {
  label: string;
  tone: Tone;
  title: string;
  /** Slurm's name for the state, for style sheets and tests. */
  state: string;
}): JSX.Element {
  const cut = props.label.length > SHORT ? ' jp-mod-cut' : '';
  return (
    <span
      className={`jp-SlurmState jp-mod-${props.tone}${cut}`}
      data-state={props.state}
      title={props.title}
    >
      {props.label}
    </span>
  );
}
