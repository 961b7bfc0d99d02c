import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IRenderMime } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { type ISignal, Signal } from '@lumino/signaling';
import React from 'react';

import { type FindRemedy, RemedyContext } from '../components/remedy';
import { isFinished } from '../words/job-state';
import type { JobModel } from './model';
import type { JobOutputModel } from './output-model';
import type { IFileActions } from './output-view';
import { type JobTab, JobView } from './view';

/** One job in the main area. Reads only while it is visible. */
export class JobPanel extends ReactWidget {
  constructor(options: JobPanel.IOptions) {
    super();
    this.model = options.model;
    this.output = options.output;
    this._options = options;
    this._tab = options.tab ?? 'overview';
    this.addClass('jp-SlurmJob');
    this.model.stateChanged.connect(this._onModel, this);
  }

  readonly model: JobModel;
  readonly output: JobOutputModel;

  get tab(): JobTab {
    return this._tab;
  }

  set tab(tab: JobTab) {
    if (tab !== this._tab) {
      this._tab = tab;
      this._watch();
      this._tabChanged.emit();
      this.update();
    }
  }

  /** Emitted when the person turns to another part. */
  get tabChanged(): ISignal<this, void> {
    return this._tabChanged;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.model.dispose();
    this.output.dispose();
    Signal.clearData(this);
    super.dispose();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._watch();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._watch();
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._watch();
  }

  protected override onBeforeDetach(msg: Message): void {
    this.model.watched = false;
    this.output.watched = false;
    super.onBeforeDetach(msg);
  }

  protected render(): JSX.Element {
    const { editorServices, files, findRemedy, onOpenJob, sanitizer, trans } = this._options;
    return (
      <RemedyContext.Provider value={findRemedy}>
        <JobView
          id={this.id}
          model={this.model}
          output={this.output}
          tab={this._tab}
          onTab={tab => {
            this.tab = tab;
          }}
          onOpenJob={onOpenJob}
          editorFactory={editorServices.factoryService.newDocumentEditor}
          sanitizer={sanitizer}
          files={files}
          trans={trans}
        />
      </RemedyContext.Provider>
    );
  }

  private _watch(): void {
    const visible = this.isAttached && this.isVisible;
    this.model.watched = visible;
    this.output.watched = visible && this._tab === 'output';
  }

  private _onModel(): void {
    const { job } = this.model;
    const finished = job !== null && isFinished(job.state, job.flags);
    if (this._finished && !finished) {
      // It runs again: what was read as the end of its output was not.
      this.output.restart();
    }
    this._finished = finished;
    this.update();
  }

  private readonly _options: JobPanel.IOptions;
  private readonly _tabChanged = new Signal<this, void>(this);
  private _finished = false;
  private _tab: JobTab;
}

export namespace JobPanel {
  export interface IOptions {
    model: JobModel;
    output: JobOutputModel;
    editorServices: IEditorServices;
    sanitizer: IRenderMime.ISanitizer;
    files: IFileActions;
    /** Finds what helps against a failure. */
    findRemedy: FindRemedy;
    trans: TranslationBundle;
    /** Opens another job of the same cluster. */
    onOpenJob: (id: string) => void;
    tab?: JobTab;
  }
}
