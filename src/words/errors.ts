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
    return { text: text || trans.__('The request failed for an unknown reason.'), advice: '' };
  }
  switch (error.reason) {
    case 'no_server':
      return {
        text: trans.__('The Jupyter server does not respond.'),
        advice: trans.__('Check your network connection. The panel retries automatically.')
      };
    case 'no_extension':
      return {
        text: trans.__('The server extension jupyter_slurm_rest is not enabled.'),
        advice: trans.__(
          'Run "jupyter server extension list" on the server. It should show jupyter_slurm_rest as OK.'
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
