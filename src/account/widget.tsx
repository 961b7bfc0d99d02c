import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { type FindRemedy, RemedyContext } from '../components/remedy';
import { onVisibilityChange } from '../components/visibility';
import type { AccountModel } from './model';
import { AccountView } from './view';

/** The user's account on one cluster, in the main area. It is loaded only while visible. */
export class AccountPanel extends ReactWidget {
  constructor(
    readonly model: AccountModel,
    private readonly _findRemedy: FindRemedy,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-SlurmAccount');
    onVisibilityChange(this, visible => {
      model.poller.active = visible;
    });
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected render(): JSX.Element {
    return (
      <RemedyContext.Provider value={this._findRemedy}>
        <AccountView model={this.model} trans={this._trans} />
      </RemedyContext.Provider>
    );
  }
}
