import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/request';

/** A failure for a person: what is wrong, and what can be done. */
interface IErrorText {
  text: string;
  advice: string;
}

/**
 * The words for whatever was thrown. What the server says is shown as it is; only what the server
 * cannot say, because it did not answer, is said here.
 */
export function describeError(error: unknown, trans: TranslationBundle): IErrorText {
  if (!(error instanceof ApiError)) {
    const text = error instanceof Error ? error.message : String(error);
    return { text: text || trans.__('It failed, and nothing says why.'), advice: '' };
  }
  switch (error.reason) {
    case 'no_server':
      return {
        text: trans.__('The Jupyter server does not answer.'),
        advice: trans.__('Check the network; the panel tries again by itself.')
      };
    case 'no_extension':
      return {
        text: trans.__('The Jupyter server does not know the extension jupyter_slurm_rest.'),
        advice: trans.__(
          'Run "jupyter server extension list" on the server; it should say jupyter_slurm_rest OK.'
        )
      };
    default:
      return { text: error.message, advice: error.advice };
  }
}

/** The same as one text. */
export function errorText(error: unknown, trans: TranslationBundle): string {
  const { text, advice } = describeError(error, trans);
  return [text, advice].filter(part => part !== '').join(' ');
}

/** Whether an error says that there is no accounting, rather than that it is down. */
export function lacksAccounting(error: ApiError): boolean {
  return ['accounting_missing', 'no_such_endpoint'].includes(error.reason);
}
