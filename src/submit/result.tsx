import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, errorIcon, infoIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { ApiError } from '../api/request';
import type { SubmitModel } from './model';

interface IResultProps {
  model: SubmitModel;
  trans: TranslationBundle;
}

interface IProblemsProps extends IResultProps {
  /** Moves the cursor to a position in the script. */
  onGoTo: (line: number, column: number | null) => void;
}

/** Everything that is wrong with the job, each with what helps. */
export function Problems(props: IProblemsProps): JSX.Element | null {
  const { model, onGoTo, trans } = props;
  if (model.problems.length === 0) {
    return null;
  }
  return (
    <ul className="jp-SlurmProblems" role="alert">
      {model.problems.map(problem => (
        <li key={`${problem.line}:${problem.column}:${problem.message}`}>
          <errorIcon.react tag="span" className="jp-SlurmProblems-icon" aria-hidden="true" />
          <span className="jp-SlurmProblems-text">
            {problem.message}
            <span className="jp-SlurmProblems-actions">
              {(problem.text !== '' || problem.value !== '') && (
                <button
                  type="button"
                  className="jp-SlurmButton"
                  onClick={() => model.mend(problem)}
                >
                  {trans.__('Use %1', problem.text || problem.value)}
                </button>
              )}
              {problem.line !== null && (
                <button
                  type="button"
                  className="jp-SlurmLink"
                  onClick={() => onGoTo(problem.line as number, problem.column)}
                >
                  {trans.__('Go to line %1', problem.line)}
                </button>
              )}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What the job was compared with. There is a check mark only if all of it was compared. */
export function Comparison(props: IResultProps): JSX.Element | null {
  const { model, trans } = props;
  const { comparison, problems } = model;
  if (comparison === null || problems.length > 0) {
    return null;
  }
  if (comparison.unknown.length > 0) {
    return (
      <p className="jp-SlurmSubmit-neutral">
        <infoIcon.react tag="span" aria-hidden="true" />
        <span>
          {trans.__(
            'The script has no errors. Slurm decides at submission about: %1.',
            comparison.unknown.join(', ')
          )}
        </span>
      </p>
    );
  }
  return (
    <p className="jp-SlurmSubmit-good">
      <checkIcon.react tag="span" aria-hidden="true" />
      <span>{trans.__('No problems found. It fits %1.', comparison.compared)}</span>
    </p>
  );
}

/** The error without Slurm's words, if its message already has them. */
export function inOneVoice(error: ApiError): ApiError {
  return error.slurmText !== '' && error.message.includes(error.slurmText.replace(/[.\s]+$/, ''))
    ? new ApiError(error.status, {
        message: error.message,
        reason: error.reason,
        advice: error.advice,
        action: error.action
      })
    : error;
}

/** The fields that a message above the form is about. */
export function markedFields(model: SubmitModel): ReadonlySet<string> {
  const fields = [model.error?.field, ...model.problems.map(problem => problem.field)];
  return new Set(fields.filter((field): field is string => typeof field === 'string'));
}
