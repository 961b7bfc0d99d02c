import { ReactWidget } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';
import type React from 'react';

import type { PolledModel } from '../api/polled';

/** One list of the panel. It is read only while it is in sight. */
export class Section extends ReactWidget {
  constructor(options: Section.IOptions) {
    super();
    this._body = options.body;
    this._model = options.model;
    this.addClass('jp-SlurmSection');
    this.title.label = options.label;
    this.title.caption = options.caption;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._model.active = false;
      super.dispose();
    }
  }

  protected render(): React.ReactElement {
    return this._body;
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._model.active = this.isVisible;
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._model.active = this.isVisible;
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._model.active = false;
  }

  protected override onBeforeDetach(msg: Message): void {
    this._model.active = false;
    super.onBeforeDetach(msg);
  }

  private _body: React.ReactElement;
  private _model: PolledModel;
}

export namespace Section {
  export interface IOptions {
    label: string;
    caption: string;
    model: PolledModel;
    body: React.ReactElement;
  }
}
