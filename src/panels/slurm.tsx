import { CommandToolbarButton, ReactWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { SidePanel, Toolbar } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { type AccordionPanel, PanelLayout } from '@lumino/widgets';
import React from 'react';

import type { IJobSummary } from '../api/shapes';
import { CommandIDs } from '../commands/ids';
import { ClusterGate } from '../components/cluster-gate';
import { ClusterSelect } from '../components/cluster-select';
import { JobsView } from '../components/jobs-view';
import { NodesView } from '../components/nodes-view';
import { StatusLine } from '../components/status-line';
import { slurmIcon } from '../icons';
import type { ClustersModel } from '../models/clusters';
import { NodesModel } from '../models/nodes';
import type { PolledModel } from '../models/polled';
import { QueueModel, type Scope } from '../models/queue';
import { Section } from './section';

/** The Slurm panel: my jobs, all jobs, nodes; which cluster; as whom. */
export class SlurmPanel extends SidePanel {
  constructor(options: SlurmPanel.IOptions) {
    super({ translator: options.translator });
    this._clusters = options.clusters;
    this._commands = options.commands;
    const trans = options.translator.load('jupyter_slurm_rest');
    const { server } = options.clusters;
    this._queues = {
      mine: new QueueModel({ server, scope: 'mine' }),
      all: new QueueModel({ server, scope: 'all' })
    };
    this._nodes = new NodesModel({ server });

    this.id = 'jupyter-slurm-rest-panel';
    this.addClass('jp-SlurmPanel');
    this.title.icon = slurmIcon;
    this.title.caption = trans.__('Slurm');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Slurm'));
    this._fillToolbar(trans);
    this._fillContent(trans);
    const lists = this._lists;
    const status = ReactWidget.create(
      <StatusLine clusters={this._clusters} lists={lists} trans={trans} />
    );
    (this.layout as PanelLayout).addWidget(status);

    this._clusters.changed.connect(this._onClustersChanged, this);
    this._clusters.jobsChanged.connect(this._onJobsChanged, this);
    this._onClustersChanged();
  }

  /** The list that the person used last: what commands without arguments act upon. */
  get queue(): QueueModel {
    return this._queues[this._scope];
  }

  /** Seconds between two looks at each list. */
  set interval(seconds: number | undefined) {
    for (const list of this._lists) {
      list.interval = seconds;
    }
  }

  /** Open one list of jobs, and close everything else. */
  set scope(scope: Scope) {
    this._scope = scope;
    const content = this.content as AccordionPanel;
    content.widgets.forEach((section, index) => {
      if (section === this._sections[scope]) {
        content.expand(index);
      } else {
        content.collapse(index);
      }
    });
  }

  /** Look at everything in sight now. */
  async refresh(): Promise<void> {
    await Promise.all([this._clusters, ...this._lists].map(model => model.refresh()));
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._clusters.changed.disconnect(this._onClustersChanged, this);
    this._clusters.jobsChanged.disconnect(this._onJobsChanged, this);
    this._clusters.active = false;
    super.dispose();
    for (const list of this._lists) {
      list.dispose();
    }
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._clusters.active = this.isVisible;
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._clusters.active = this.isVisible;
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._clusters.active = false;
  }

  private get _lists(): PolledModel[] {
    return [this._queues.mine, this._queues.all, this._nodes];
  }

  private _fillToolbar(trans: TranslationBundle): void {
    const { toolbar } = this;
    const button = (id: string) =>
      new CommandToolbarButton({ commands: this._commands, id, label: '' });
    toolbar.node.setAttribute('aria-label', trans.__('Slurm'));
    if (this._commands.hasCommand(CommandIDs.submitJob)) {
      toolbar.addItem('submit', button(CommandIDs.submitJob));
    }
    toolbar.addItem('cancel', button(CommandIDs.cancelJobs));
    toolbar.addItem(
      'cluster',
      ReactWidget.create(<ClusterSelect clusters={this._clusters} trans={trans} />)
    );
    toolbar.addItem('spacer', Toolbar.createSpacerItem());
    toolbar.addItem('refresh', button(CommandIDs.refresh));
  }

  private _fillContent(trans: TranslationBundle): void {
    const gated = (view: React.ReactElement) => (
      <ClusterGate clusters={this._clusters} trans={trans}>
        {view}
      </ClusterGate>
    );
    const jobs = (scope: Scope, label: string, caption: string) => {
      const model = this._queues[scope];
      model.changed.connect(this._onQueueChanged, this);
      const section = new Section({
        label,
        caption,
        model,
        body: gated(this._jobsView(scope, trans))
      });
      section.node.addEventListener('focusin', () => this._look(scope));
      section.node.addEventListener('mousedown', () => this._look(scope));
      this.addWidget(section);
      return section;
    };
    this._sections = {
      mine: jobs('mine', trans.__('My jobs'), trans.__('My jobs in the queue')),
      all: jobs('all', trans.__('All jobs'), trans.__("Everybody's jobs in the queue"))
    };
    this.addWidget(
      new Section({
        label: trans.__('Nodes'),
        caption: trans.__('The nodes, and what is free on them'),
        model: this._nodes,
        body: gated(<NodesView model={this._nodes} trans={trans} />)
      })
    );
    this.scope = 'mine';
  }

  private _jobsView(scope: Scope, trans: TranslationBundle): React.ReactElement {
    const run = (id: string) => () => void this._commands.execute(id);
    const open = (opened: IJobSummary[]) => {
      for (const job of opened.slice(0, MOST_OPENED)) {
        void this._commands.execute(CommandIDs.openJob, {
          cluster: this._queues[scope].cluster,
          id: job.id
        });
      }
    };
    return (
      <JobsView
        model={this._queues[scope]}
        trans={trans}
        open={open}
        cancel={run(CommandIDs.cancelJobs)}
        submit={
          this._commands.hasCommand(CommandIDs.submitJob) ? run(CommandIDs.submitJob) : undefined
        }
      />
    );
  }

  private _look(scope: Scope): void {
    if (scope !== this._scope) {
      this._scope = scope;
      this._commands.notifyCommandChanged(CommandIDs.cancelJobs);
    }
  }

  private _onQueueChanged(queue: QueueModel): void {
    const selected = queue.selection.size;
    if (selected !== this._selected.get(queue)) {
      this._selected.set(queue, selected);
      this._commands.notifyCommandChanged(CommandIDs.cancelJobs);
    }
  }

  private _onClustersChanged(): void {
    for (const queue of Object.values(this._queues)) {
      queue.cluster = this._clusters.current;
    }
    this._nodes.cluster = this._clusters.current;
  }

  private _onJobsChanged(_: unknown, cluster: string): void {
    if (cluster === this._clusters.current) {
      void Promise.all(this._lists.map(list => list.refresh()));
    }
  }

  private _clusters: ClustersModel;
  private _commands: CommandRegistry;
  private _nodes: NodesModel;
  private _queues: Record<Scope, QueueModel>;
  private _scope: Scope = 'mine';
  private _sections!: Record<Scope, Section>;
  private _selected = new Map<QueueModel, number>();
}

/** Jobs that one key press may open. */
const MOST_OPENED = 5;

export namespace SlurmPanel {
  export interface IOptions {
    clusters: ClustersModel;
    commands: CommandRegistry;
    translator: ITranslator;
  }
}
