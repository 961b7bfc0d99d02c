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
  const Icon = ICONS[tone].react;
  return (
    <span
      className={`jp-SlurmState jp-mod-${tone}`}
      data-state={state}
      title={[state, ...flags].join(' ')}
    >
      <Icon className="jp-SlurmState-icon" tag="span" aria-hidden="true" />
      <span className="jp-SlurmState-label">{label}</span>
    </span>
  );
}
