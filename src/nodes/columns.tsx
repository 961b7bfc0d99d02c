import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { INode } from '../api/types';
import { ToneBadge } from '../components/state-badge';
import { type IColumn, visibleColumns } from '../table/columns';
import { formatMemory } from '../words/format';
import { freeOn } from './model';
import { describeNode } from './state';

/** Below this width in pixels, a node takes two lines. */
const COMPACT = 440;

/** The layout of the nodes for a width. */
export function nodeLayout(options: {
  width: number;
  /** Whether any node has GPUs. */
  gpus: boolean;
  trans: TranslationBundle;
}): { columns: IColumn<INode>[]; rowHeight: number } {
  return options.width < COMPACT
    ? { columns: compactColumns(options), rowHeight: 42 }
    : { columns: wideColumns(options), rowHeight: 26 };
}

function compactColumns(options: { gpus: boolean; trans: TranslationBundle }): IColumn<INode>[] {
  const { gpus, trans } = options;
  return [
    {
      id: 'name',
      label: trans.__('Node'),
      sort: 'name',
      width: 90,
      grow: true,
      cell: node => (
        <>
          <span className="jp-SlurmTable-first" title={node.name}>
            {node.name}
          </span>
          <span className="jp-SlurmTable-second">
            <NodeBadge node={node} trans={trans} />
          </span>
        </>
      )
    },
    {
      id: 'free',
      label: trans.__('Free'),
      sort: gpus ? 'gpus' : 'cpus',
      width: 116,
      cell: node =>
        node.usable ? (
          <>
            <span className="jp-SlurmTable-first">{freeUnits(node, trans)}</span>
            <span className="jp-SlurmTable-second">{formatMemory(freeOn(node, 'memory'))}</span>
          </>
        ) : (
          <NodeReason node={node} lines={2} trans={trans} />
        )
    }
  ];
}

function wideColumns(options: {
  width: number;
  gpus: boolean;
  trans: TranslationBundle;
}): IColumn<INode>[] {
  const { width, gpus, trans } = options;
  const share = (
    id: 'cpus' | 'memory' | 'gpus',
    label: string,
    pixels: number
  ): IColumn<INode> => ({
    id,
    label,
    sort: id,
    width: pixels,
    numeric: true,
    cell: node => <UsageBar node={node} of={id} trans={trans} />
  });
  const columns: IColumn<INode>[] = [
    {
      id: 'name',
      label: trans.__('Node'),
      sort: 'name',
      width: 100,
      grow: true,
      cell: node => node.name
    },
    {
      id: 'state',
      label: trans.__('State'),
      sort: 'state',
      width: 126,
      cell: node => <NodeBadge node={node} trans={trans} />
    },
    share('cpus', trans.__('Free CPUs'), 92),
    share('memory', trans.__('Free memory'), 122),
    ...(gpus ? [share('gpus', trans.__('Free GPUs'), 84)] : []),
    {
      id: 'reason',
      label: trans.__('Reason'),
      width: 150,
      cell: node => <NodeReason node={node} lines={1} trans={trans} />
    },
    {
      id: 'partitions',
      label: trans.__('Partitions'),
      width: 120,
      cell: node => node.partitions.join(', ')
    },
    {
      id: 'features',
      label: trans.__('Features'),
      width: 120,
      cell: node => node.features.join(', ')
    }
  ];
  const order = ['name', 'state', 'cpus', 'memory', 'gpus', 'partitions', 'features', 'reason'];
  return visibleColumns(columns, order, width);
}

function NodeBadge(props: { node: INode; trans: TranslationBundle }): JSX.Element {
  const { node, trans } = props;
  const { label, tone } = describeNode(node, trans);
  const title = [node.sinfo_state, ...node.flags, node.reason].filter(Boolean).join(' ');
  return <ToneBadge label={label} tone={tone} title={title} state={node.state} />;
}

function freeUnits(node: INode, trans: TranslationBundle): string {
  const cpus = trans._n('%1 CPU', '%1 CPUs', freeOn(node, 'cpus'));
  return node.gpus > 0
    ? trans.__('%1, %2', cpus, trans._n('%1 GPU', '%1 GPUs', freeOn(node, 'gpus')))
    : cpus;
}

/** The free amount of a resource, with a bar for the used part. */
function UsageBar(props: {
  node: INode;
  of: 'cpus' | 'memory' | 'gpus';
  trans: TranslationBundle;
}): JSX.Element | null {
  const { node, of, trans } = props;
  const total = node[of];
  if (total === 0) {
    return null;
  }
  const words = (value: number) => (of === 'memory' ? formatMemory(value) : String(value));
  const taken = Math.min(1, node[`${of}_used`] / total);
  return (
    <span
      className="jp-SlurmUsageBar"
      title={trans.__('%1 of %2 free', words(freeOn(node, of)), words(total))}
    >
      {node.usable ? words(freeOn(node, of)) : '–'}
      <span className="jp-SlurmUsageBar-bar" aria-hidden="true">
        <span style={{ width: `${100 * taken}%` }} />
      </span>
    </span>
  );
}

/**
 * Why a node accepts no jobs, in the words of the administrator, or what jobs need to
 * start there.
 */
function NodeReason(props: {
  node: INode;
  lines: 1 | 2;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { node, lines, trans } = props;
  const needed = node.your_reservation
    ? trans.__('Use --reservation=%1', node.your_reservation)
    : '';
  const words = node.reason || needed || (node.usable ? '' : node.reservation);
  if (!words) {
    return null;
  }
  const title = node.reason_user ? `${node.reason} [${node.reason_user}]` : words;
  return (
    <span className={`jp-SlurmTable-reason jp-mod-${lines}`} title={title}>
      {words}
    </span>
  );
}
