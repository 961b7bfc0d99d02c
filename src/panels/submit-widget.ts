import { MainAreaWidget } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';

import type { SubmitPanel } from './submit';

/** The tab of a job that is written. It asks before it closes over unsent changes. */
export class SubmitWidget extends MainAreaWidget<SubmitPanel> {
  protected override onCloseRequest(msg: Message): void {
    this.content
      .mayClose()
      .then(may => {
        if (may && !this.isDisposed) {
          super.onCloseRequest(msg);
        }
      })
      .catch(reason => {
        console.error('Closing a submit form failed.', reason);
      });
  }
}
