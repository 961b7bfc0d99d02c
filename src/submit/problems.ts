import type { ApiError } from '../api/request';
import type { IScriptProblem } from '../api/types';

/** A request that the user waits for. */
export type SubmitRequest = 'check' | 'submit';

/** What a job was compared with. */
export interface IComparison {
  /** A partition and its limits, in words; empty if there was nothing to compare with. */
  compared: string;
  /** What could not be compared. */
  unknown: readonly string[];
}

/** Whether an error is about the script itself, which the form can't follow then. */
export function isOutOfStep(error: ApiError | null): boolean {
  return error !== null && (error.line !== null || error.problems.length > 0);
}

/** What an error says about the script, as problems; empty for other errors. */
export function problemsOf(error: ApiError): readonly IScriptProblem[] {
  if (error.problems.length > 0 || error.line === null) {
    return error.problems;
  }
  return [
    {
      message: [error.message, error.advice].filter(text => text !== '').join(' '),
      field: error.field,
      line: error.line,
      column: error.column,
      end_column: null,
      value: '',
      text: ''
    }
  ];
}

/** The script with what the problem suggests in the place of what is there. */
export function replaceText(script: string, problem: IScriptProblem): string {
  const { column, line, text } = problem;
  if (line === null || column === null || problem.end_column === null) {
    return script;
  }
  const lines = script.split('\n');
  const old = lines[line - 1] ?? '';
  lines[line - 1] = old.slice(0, column - 1) + text + old.slice(problem.end_column - 1);
  return lines.join('\n');
}
