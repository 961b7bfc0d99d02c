import { Dialog, MainAreaWidget, showDialog } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import { SplitPanel, Widget } from '@lumino/widgets';
import type { ValidatorType } from '@rjsf/utils';
import React from 'react';

import { type FindRemedy, RemedyContext } from '../components/remedy';
import type { SubmitModel } from './model';
import { ScriptEditor } from './script-editor';
import { SubmitView } from './view';

/** The width in pixels below which the form is below the script. */
const NARROW = 720;

/** The submit form: a script next to a form. */
export class SubmitPanel extends SplitPanel {
  constructor(options: SubmitPanel.IOptions) {
    super({ orientation: 'horizontal', spacing: 1 });
    const { model, trans } = options;
    this.model = model;
    this._trans = trans;
    this.addClass('jp-SlurmSubmit');
    this._editor = new ScriptEditor({
      source: model.script,
      editorServices: options.editorServices,
      form: () => model.form,
      label: trans.__('Batch script')
    });
    this.addWidget(this._editor);
    this.addWidget(new SubmitFormWidget(options, this._editor));
    this.setRelativeSizes([3, 2]);
    this._editor.sourceChanged.connect(this._onSourceChanged, this);
    model.changed.connect(this._onModelChanged, this);
    void model.load();
  }

  readonly model: SubmitModel;

  /** Asks before unsubmitted changes are discarded. */
  async confirmClose(): Promise<boolean> {
    if (!this.model.dirty) {
      return true;
    }
    const { button } = await showDialog({
      title: this._trans.__('Discard this script?'),
      body: this._trans.__('Your changes were not submitted.'),
      buttons: [
        Dialog.cancelButton({ label: this._trans.__('Keep editing') }),
        Dialog.warnButton({ label: this._trans.__('Discard') })
      ],
      defaultButton: 0
    });
    return button.accept;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.model.dispose();
    super.dispose();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this._editor.activate();
  }

  protected override onResize(msg: Widget.ResizeMessage): void {
    if (msg.width > 0) {
      const orientation = msg.width < NARROW ? 'vertical' : 'horizontal';
      if (orientation !== this.orientation) {
        this.orientation = orientation;
      }
    }
    super.onResize(msg);
  }

  private _onSourceChanged(): void {
    this.model.script = this._editor.source;
  }

  private _onModelChanged(): void {
    this._editor.source = this.model.script;
    this._editor.mark(this.model.problems);
  }

  private readonly _editor: ScriptEditor;
  private readonly _trans: TranslationBundle;
}

/** The number of forms so far, for unique ids. */
let forms = 0;

class SubmitFormWidget extends ReactWidget {
  constructor(
    private readonly _options: SubmitPanel.IOptions,
    private readonly _editor: ScriptEditor
  ) {
    super();
    this.addClass('jp-SlurmSubmit-form');
  }

  private readonly _id = `jp-SlurmSubmit-${++forms}`;

  protected render(): JSX.Element {
    const { clusters, findRemedy, model, onOpenJob, onSubmit, trans, validator } = this._options;
    return (
      <RemedyContext.Provider value={findRemedy}>
        <SubmitView
          id={this._id}
          model={model}
          clusters={clusters}
          onSubmit={onSubmit}
          onOpenJob={onOpenJob}
          onGoTo={(line, column) => this._editor.goTo(line, column)}
          chooseFolder={this._options.chooseFolder}
          validator={validator}
          trans={trans}
        />
      </RemedyContext.Provider>
    );
  }
}

export namespace SubmitPanel {
  export interface IOptions {
    model: SubmitModel;
    editorServices: IEditorServices;
    /** Returns the names of the configured clusters, as far as known. */
    clusters: () => readonly string[];
    /** Finds what helps against an error. */
    findRemedy: FindRemedy;
    onSubmit: () => void;
    onOpenJob: (id: string) => void;
    /** Lets the user choose the working directory; without it, there is no button. */
    chooseFolder?: () => Promise<void>;
    validator: ValidatorType<ReadonlyJSONObject>;
    trans: TranslationBundle;
  }
}

/** The tab of a submit form. It asks before it discards unsubmitted changes. */
export class SubmitWidget extends MainAreaWidget<SubmitPanel> {
  protected override onCloseRequest(msg: Message): void {
    this.content
      .confirmClose()
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
