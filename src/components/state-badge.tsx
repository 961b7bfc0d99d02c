import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import {
  checkIcon,
  circleEmptyIcon,
  errorIcon,
  historyIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import React from 'react';

import type { Tone } from '../models/jobstate';
import { describeState } from '../models/jobstate';

const ICONS: Record<Tone, LabIcon> = {
  waiting: historyIcon,
  active: runIcon,
  good: checkIcon,
  bad: errorIcon,
  stopped: stopIcon,
  unknown: circleEmptyIcon
};

export interface IStateBadgeProps {
  state: string;
  flags?: readonly string[];
  trans: TranslationBundle;
}

/** A job's state as icon and words; Slurm's own words are its title. */
export function StateBadge(props: IStateBadgeProps): JSX.Element {
  const { state, flags = [], trans } = props;
  const { label, tone } = describeState(state, flags, trans);
  return <ToneBadge label={label} tone={tone} title={[state, ...flags].join(' ')} state={state} />;
}

/** A few words and an icon that says how good or bad that is. */
export function ToneBadge(props: {
  label: string;
  tone: Tone;
  title: string;
  /** Slurm's word, for style sheets and tests. */
  state: string;
}): JSX.Element {
  const Icon = ICONS[props.tone].react;
  return (
    <span
      className={`jp-SlurmState jp-mod-${props.tone}`}
      data-state={props.state}
      title={props.title}
    >
      <Icon className="jp-SlurmState-icon" tag="span" aria-hidden="true" />
      <span className="jp-SlurmState-label">{props.label}</span>
    </span>
  );
}
