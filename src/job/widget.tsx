import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IRenderMime } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { type ISignal, Signal } from '@lumino/signaling';
import React from 'react';

import { type FindRemedy, RemedyContext } from '../components/remedy';
import { onVisibilityChange } from '../components/visibility';
import { isFinished } from '../words/job-state';
import type { IJobActions } from './banner';
import type { IJobPlace } from './copy-as';
import type { JobModel } from './model';
import type { JobOutputModel } from './output-model';
import type { IFileActions } from './output-view';
import type { RelatedModel } from './related-model';
import { type JobTab, JobView } from './view';

/** One job in the main area. It is loaded only while visible. */
export class JobPanel extends ReactWidget {
  constructor(options: JobPanel.IOptions) {
    super();
    this.model = options.model;
    this.output = options.output;
    this.related = options.related;
    this._options = options;
    this._tab = options.tab ?? 'overview';
    this.addClass('jp-SlurmJob');
    this.model.poller.changed.connect(this._onModelChanged, this);
    onVisibilityChange(this, visible => {
      this._visible = visible;
      this._updatePollers();
    });
  }

  readonly model: JobModel;
  readonly output: JobOutputModel;
  readonly related: RelatedModel;

  get tab(): JobTab {
    return this._tab;
  }

  set tab(tab: JobTab) {
    if (tab !== this._tab) {
      this._tab = tab;
      this._updatePollers();
      this._tabChanged.emit();
      this.update();
    }
  }

  /** Emitted when the user selects another tab. */
  get tabChanged(): ISignal<this, void> {
    return this._tabChanged;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.model.dispose();
    this.output.dispose();
    this.related.dispose();
    Signal.clearData(this);
    super.dispose();
  }

  protected render(): JSX.Element {
    const { actions, editorServices, files, findRemedy, findPlace, findUser, sanitizer, trans } =
      this._options;
    return (
      <RemedyContext.Provider value={findRemedy}>
        <JobView
          id={this.id}
          model={this.model}
          output={this.output}
          related={this.related}
          tab={this._tab}
          onTab={tab => {
            this.tab = tab;
          }}
          user={findUser()}
          place={findPlace()}
          actions={{
            ...actions,
            showOutput: () => {
              this.tab = 'output';
            }
          }}
          editorFactory={editorServices.factoryService.newDocumentEditor}
          sanitizer={sanitizer}
          files={files}
          trans={trans}
        />
      </RemedyContext.Provider>
    );
  }

  private _updatePollers(): void {
    this.model.poller.active = this._visible;
    this.related.poller.active =
      this._visible && this._tab === 'overview' && this.model.job !== null;
    // The overview has the last lines.
    this.output.poller.active =
      this._visible && (this._tab === 'output' || (this._tab === 'overview' && this._started));
  }

  private _onModelChanged(): void {
    const { job } = this.model;
    const finished = job !== null && isFinished(job.state, job.flags);
    if (this._finished && !finished) {
      // It was requeued: what was read to its end goes on.
      this.output.restart();
    }
    this._finished = finished;
    this._started = job !== null && job.state !== 'PENDING';
    this._updatePollers();
  }

  private readonly _options: JobPanel.IOptions;
  private readonly _tabChanged = new Signal<this, void>(this);
  private _finished = false;
  private _started = false;
  private _tab: JobTab;
  private _visible = false;
}

export namespace JobPanel {
  export interface IOptions {
    model: JobModel;
    output: JobOutputModel;
    related: RelatedModel;
    editorServices: IEditorServices;
    sanitizer: IRenderMime.ISanitizer;
    files: IFileActions;
    /** Finds what helps against an error. */
    findRemedy: FindRemedy;
    trans: TranslationBundle;
    /** What the buttons in the view do. */
    actions: Omit<IJobActions, 'showOutput'>;
    /** Where the job is, for code that names it. */
    findPlace: () => IJobPlace;
    /** The user's name on the cluster; null if it is not known. */
    findUser: () => string | null;
    tab?: JobTab;
  }
}
