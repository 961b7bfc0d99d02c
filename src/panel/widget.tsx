import { CommandToolbarButton, ReactWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import {
  addIcon,
  type LabIcon,
  SidePanel,
  TabPanelSvg,
  Toolbar,
  userIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { BoxPanel, type PanelLayout, type TabPanel } from '@lumino/widgets';
import React from 'react';

import type { Poller } from '../api/poller';
import type { Scope } from '../api/types';
import { CommandIDs } from '../command-ids';
import { RemedyContext } from '../components/remedy';
import { onVisibilityChange } from '../components/visibility';
import { runCommand } from '../dialogs/errors';
import { HistoryView } from '../history/view';
import { slurmIcon } from '../icons';
import { openJobs } from '../jobs/commands';
import { JobsView } from '../jobs/view';
import { NodesView } from '../nodes/view';
import type { ColumnChoice } from '../table/column-choice';
import { findRemedy } from '../token/remedy';
import type { PanelModel } from './model';
import { ClusterGate, ClusterSelect, StatusLine } from './view';

/** The Slurm panel: tabs for jobs, nodes and history, a toolbar and a status line. */
export class SlurmPanel extends SidePanel {
  constructor(options: SlurmPanel.IOptions) {
    const content = new BoxPanel({ spacing: 0 });
    super({ content, translator: options.translator });
    this._commands = options.commands;
    this._model = options.model;
    this._columns = options.columns.queue;
    const trans = options.translator.load('jupyter_slurm_rest');

    this.id = 'jupyter-slurm-rest-panel';
    this.addClass('jp-SlurmPanel');
    this.title.icon = slurmIcon;
    this.title.caption = trans.__('Slurm');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Slurm'));
    this._fillToolbar(trans);
    const { clusters, history, nodes, pollers } = this._model;
    this._sections = {
      mine: this._jobs('mine', trans.__('My jobs'), trans.__('Your jobs in the queue'), trans),
      all: this._jobs('all', trans.__('All jobs'), trans.__("All users' jobs in the queue"), trans)
    };
    this._tabs.addWidget(this._sections.mine);
    this._tabs.addWidget(this._sections.all);
    this._tabs.addWidget(
      new Section({
        label: trans.__('Nodes'),
        caption: trans.__('Nodes and their free resources'),
        poller: nodes.poller,
        body: this._withClusterGate(<NodesView model={nodes} trans={trans} />, trans)
      })
    );
    this._history = new Section({
      label: trans.__('History'),
      caption: trans.__('Finished jobs'),
      poller: history.poller,
      body: this._withClusterGate(
        <HistoryView
          model={history}
          columns={options.columns.history}
          trans={trans}
          open={opened => this._open(history.cluster, opened, trans)}
        />,
        trans
      )
    });
    this._tabs.addWidget(this._history);
    this._tabs.currentChanged.connect(this._onTabChanged, this);
    content.addWidget(this._tabs);
    const status = ReactWidget.create(
      <StatusLine
        clusters={clusters}
        pollers={pollers}
        paste={() => runCommand(this._commands, CommandIDs.pasteToken)}
        trans={trans}
      />
    );
    status.addClass('jp-SlurmPanel-status');
    (this.layout as PanelLayout).addWidget(status);
    onVisibilityChange(this, visible => {
      clusters.poller.active = visible;
    });
  }

  /** Show the tab of a queue. */
  set scope(scope: Scope) {
    this._tabs.currentWidget = this._sections[scope];
  }

  private _fillToolbar(trans: TranslationBundle): void {
    const { toolbar } = this;
    const { clusters } = this._model;
    const button = (id: string, icon?: LabIcon) =>
      new CommandToolbarButton({ commands: this._commands, id, label: '', icon });
    toolbar.node.setAttribute('aria-label', trans.__('Slurm'));
    toolbar.addItem('submit', button(CommandIDs.submitJob, addIcon));
    toolbar.addItem('cancel', button(CommandIDs.cancelJobs));
    toolbar.addItem(
      'cluster',
      ReactWidget.create(<ClusterSelect clusters={clusters} trans={trans} />)
    );
    toolbar.addItem('spacer', Toolbar.createSpacerItem());
    toolbar.addItem('account', button(CommandIDs.showAccount, userIcon));
    toolbar.addItem('refresh', button(CommandIDs.refresh));
  }

  private _withClusterGate(view: React.ReactElement, trans: TranslationBundle): React.ReactElement {
    const { clusters } = this._model;
    return (
      <RemedyContext.Provider
        value={error => findRemedy(error, clusters.current, clusters, this._commands, trans)}
      >
        <ClusterGate clusters={clusters} trans={trans}>
          {view}
        </ClusterGate>
      </RemedyContext.Provider>
    );
  }

  private _jobs(scope: Scope, label: string, caption: string, trans: TranslationBundle): Section {
    const commands = this._commands;
    const model = this._model.queues[scope];
    const view = (
      <JobsView
        model={model}
        columns={this._columns}
        trans={trans}
        open={opened => this._open(model.cluster, opened, trans)}
        cancel={() => runCommand(commands, CommandIDs.cancelJobs)}
        submit={() => runCommand(commands, CommandIDs.submitJob)}
        canSubmit={() => commands.isEnabled(CommandIDs.submitJob)}
      />
    );
    return new Section({
      label,
      caption,
      poller: model.poller,
      body: this._withClusterGate(view, trans)
    });
  }

  private _open(
    cluster: string | null,
    jobs: readonly { id: string }[],
    trans: TranslationBundle
  ): void {
    openJobs(this._commands, cluster, jobs, trans).catch(error => {
      console.warn('A job was not opened.', error);
    });
  }

  private _onTabChanged(_: unknown, { currentWidget }: TabPanel.ICurrentChangedArgs): void {
    for (const scope of ['mine', 'all'] as const) {
      if (currentWidget === this._sections[scope]) {
        this._model.setCurrentList(scope);
      }
    }
    if (currentWidget === this._history) {
      this._model.setCurrentList('history');
    }
  }

  private readonly _columns: ColumnChoice;
  private _commands: CommandRegistry;
  private readonly _history: Section;
  private _model: PanelModel;
  private _sections: Record<Scope, Section>;
  private _tabs = new TabPanelSvg();
}

export namespace SlurmPanel {
  export interface IOptions {
    model: PanelModel;
    /** The columns that the user chose. */
    columns: Readonly<Record<'queue' | 'history', ColumnChoice>>;
    commands: CommandRegistry;
    translator: ITranslator;
  }
}

/** A tab of the panel. Its list is loaded only while it is visible. */
class Section extends ReactWidget {
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

namespace Section {
  export interface IOptions {
    label: string;
    caption: string;
    /** Loads the list. */
    poller: Poller;
    body: React.ReactElement;
  }
}
