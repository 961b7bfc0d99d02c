import { ReactWidget } from '@jupyterlab/apputils';
import { PanelWithToolbar } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type React from 'react';

import type { PolledModel } from '../models/polled';

/** One part of the panel. Its list is read only while it is in sight. */
export class Section extends PanelWithToolbar {
  constructor(options: Section.IOptions) {
    super();
    this._model = options.model;
    this.addClass('jp-SlurmSection');
    this.title.label = options.label;
    this.title.caption = options.caption;
    const body = ReactWidget.create(options.body);
    body.addClass('jp-SlurmSection-body');
    this.addWidget(body);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._model.active = false;
      super.dispose();
    }
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
