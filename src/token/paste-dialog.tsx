import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { IClusterInfo } from '../api/types';
import { errorText } from '../words/errors';

/** The Slurm command that prints a token. */
const HOW = 'scontrol token lifespan=3600';

/**
 * Asks for a token and passes it to `send`. The token is not stored in the browser.
 *
 * If the token is rejected, an empty dialog opens again with the reason.
 *
 * @returns the cluster as the server then describes it; null if the user gave up
 */
export async function pasteToken(
  cluster: string,
  send: (token: string) => Promise<IClusterInfo>,
  trans: TranslationBundle
): Promise<IClusterInfo | null> {
  let problem = '';
  for (;;) {
    const { button, value } = await showDialog({
      title: trans.__('Slurm token for %1', cluster),
      body: new TokenBody(problem, trans),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Use token') })
      ],
      focusNodeSelector: 'input'
    });
    if (!button.accept) {
      return null;
    }
    if (!value) {
      problem = trans.__('Paste a token first.');
      continue;
    }
    try {
      return await send(value);
    } catch (error) {
      problem = errorText(error, trans);
    }
  }
}

class TokenBody extends ReactWidget implements Dialog.IBodyWidget<string> {
  constructor(
    private readonly _problem: string,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-SlurmToken');
  }

  getValue(): string {
    return this.node.querySelector('input')?.value.trim() ?? '';
  }

  protected render(): JSX.Element {
    const trans = this._trans;
    return (
      <>
        <label className="jp-SlurmToken-label">
          {trans.__('Token')}
          <input
            type="password"
            className="jp-mod-styled"
            autoComplete="off"
            spellCheck={false}
            aria-describedby="jp-SlurmToken-about"
            aria-invalid={this._problem !== ''}
          />
        </label>
        {this._problem ? (
          <p className="jp-SlurmToken-problem" role="alert">
            {this._problem}
          </p>
        ) : null}
        <p id="jp-SlurmToken-about" className="jp-SlurmToken-about">
          {trans.__(
            'To get a token that is valid for one hour, run this on a login node of the cluster:'
          )}{' '}
          <code>{HOW}</code>
        </p>
        <p className="jp-SlurmToken-about">
          {trans.__(
            'The Jupyter server keeps the token in memory until it stops. Your browser does not store it.'
          )}
        </p>
      </>
    );
  }
}
