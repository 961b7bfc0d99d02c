import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React from 'react';

import { type FindRemedy, RemedyContext } from '../components/remedy';
import type { AccountModel } from './model';
import { AccountView } from './view';

/** The person's account on one cluster, in the main area. Reads only while it is visible. */
export class AccountPanel extends ReactWidget {
  constructor(
    readonly model: AccountModel,
    private readonly _findRemedy: FindRemedy,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-SlurmAccount');
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

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.model.active = this.isVisible;
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.model.active = this.isVisible;
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.model.active = false;
  }

  protected override onBeforeDetach(msg: Message): void {
    this.model.active = false;
    super.onBeforeDetach(msg);
  }
}
