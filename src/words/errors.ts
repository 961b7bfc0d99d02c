import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/request';

/** An error for the user: what is wrong, and what to do. */
interface IErrorText {
  text: string;
  advice: string;
}

/**
 * Describes whatever was thrown. The server's messages are shown as they are; only errors
 * without a response from the server extension are described here.
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

/** The same as one string. */
export function errorText(error: unknown, trans: TranslationBundle): string {
  const { text, advice } = describeError(error, trans);
  return [text, advice].filter(part => part !== '').join(' ');
}

/** Whether an error means that there is no accounting, rather than that it is down. */
export function lacksAccounting(error: ApiError): boolean {
  return ['accounting_missing', 'no_such_endpoint'].includes(error.reason);
}
