import type { TranslationBundle } from '@jupyterlab/translation';
import { errorIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { ApiError } from '../api/request';
import { describeError } from '../models/errorwords';
import { useRemedy } from './remedy';

export interface IProblemProps {
  error: ApiError;
  trans: TranslationBundle;
  /** Tries again; no button without it. */
  onRetry?: () => void;
  /** What stays true although this failed: "Shown is what was read 3 minutes ago." */
  note?: string;
}

/** A failure inside a view: what is wrong, what to do about it, and Slurm's own words as they are. */
export function Problem(props: IProblemProps): JSX.Element {
  const { error, note, onRetry, trans } = props;
  const { advice, text } = describeError(error, trans);
  const remedy = useRemedy(error);
  return (
    <div className="jp-SlurmProblem" role="alert">
      <errorIcon.react tag="span" className="jp-SlurmProblem-icon" aria-hidden="true" />
      <div className="jp-SlurmProblem-text">
        <p>{text}</p>
        {advice !== '' && <p>{advice}</p>}
        {error.slurmText !== '' && error.slurmText !== error.message && (
          <p>{trans.__('Slurm says: %1', error.slurmText)}</p>
        )}
        {remedy?.advice !== undefined && <p>{remedy.advice}</p>}
        {note !== undefined && <p>{note}</p>}
      </div>
      {remedy?.action !== undefined && (
        <button type="button" className="jp-SlurmButton" onClick={remedy.action.run}>
          {remedy.action.label}
        </button>
      )}
      {onRetry !== undefined && (
        <button type="button" className="jp-SlurmButton" onClick={onRetry}>
          {trans.__('Retry')}
        </button>
      )}
    </div>
  );
}
