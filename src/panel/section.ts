import { ReactWidget } from '@jupyterlab/apputils';
import type React from 'react';

import type { Poller } from '../api/poller';
import { onVisibilityChange } from '../components/visibility';

/** A tab of the panel. Its list is loaded only while it is visible. */
export class Section extends ReactWidget {
  constructor(options: Section.IOptions) {
    super();
    const { body, caption, label, poller } = options;
    this._body = body;
    this.addClass('jp-SlurmSection');
    this.title.label = label;
    this.title.caption = caption;
    onVisibilityChange(this, visible => {
      poller.active = visible;
    });
  }

  protected render(): React.ReactElement {
    return this._body;
  }

  private readonly _body: React.ReactElement;
}

export namespace Section {
  export interface IOptions {
    label: string;
    caption: string;
    /** Loads the list. */
    poller: Poller;
    body: React.ReactElement;
  }
}
