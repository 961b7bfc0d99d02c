import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { FilterBox } from '../components/filter-box';
import { useModel, useWidth } from '../components/hooks';
import { ErrorPlaceholder, ListBanners, Loading, Placeholder } from '../components/notice';
import { VirtualTable } from '../table/virtual-table';
import { formatMemory } from '../words/format';
import { nodeLayout } from './columns';
import type { NodesModel, NodeSort } from './model';

/** The nodes and their free resources. */
export function NodesView(props: { model: NodesModel; trans: TranslationBundle }): JSX.Element {
  const { model, trans } = props;
  const root = React.useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  useModel(model.poller);
  return (
    <div ref={root} className="jp-SlurmList">
      {model.poller.asOf === null ? null : <ListBanners model={model} trans={trans} />}
      {model.nodes.length > 0 ? (
        <div className="jp-SlurmList-filters">
          <FilterBox
            value={model.query.search}
            label={trans.__('Filter nodes')}
            clearLabel={trans.__('Clear filter')}
            onChange={search => model.setQuery({ search })}
          />
          <Free model={model} trans={trans} />
        </div>
      ) : null}
      <NodesBody {...props} width={width} />
    </div>
  );
}

function Free(props: { model: NodesModel; trans: TranslationBundle }): JSX.Element {
  const { trans } = props;
  const { cpus, cpusTotal, memory, memoryTotal, gpus, gpusTotal } = props.model.free;
  return (
    <dl className="jp-SlurmFree" aria-label={trans.__('Free resources')}>
      <div title={trans.__('%1 of %2 CPUs are free on usable nodes', cpus, cpusTotal)}>
        <dt>{trans.__('Free CPUs')}</dt>
        <dd>{cpus.toLocaleString()}</dd>
      </div>
      <div
        title={trans.__(
          '%1 of %2 are free on usable nodes',
          formatMemory(memory),
          formatMemory(memoryTotal)
        )}
      >
        <dt>{trans.__('Free memory')}</dt>
        <dd>{formatMemory(memory)}</dd>
      </div>
      {gpusTotal > 0 ? (
        <div title={trans.__('%1 of %2 GPUs are free on usable nodes', gpus, gpusTotal)}>
          <dt>{trans.__('Free GPUs')}</dt>
          <dd>{gpus.toLocaleString()}</dd>
        </div>
      ) : null}
    </dl>
  );
}

function NodesBody(props: {
  model: NodesModel;
  trans: TranslationBundle;
  width: number;
}): JSX.Element {
  const { model, trans, width } = props;
  const { poller } = model;
  if (poller.asOf === null) {
    return poller.error ? (
      <ErrorPlaceholder
        error={poller.error}
        trans={trans}
        retry={() => void poller.refresh('manual')}
      />
    ) : (
      <Loading label={trans.__('Loading the nodes…')} />
    );
  }
  if (model.nodes.length === 0) {
    return <Placeholder title={trans.__('No nodes are visible to you.')} />;
  }
  if (model.shown.length === 0) {
    return (
      <Placeholder
        title={trans.__('No matching nodes.')}
        action={{ label: trans.__('Show all'), run: () => model.setQuery({ search: '' }) }}
      />
    );
  }
  const gpus = model.nodes.some(node => node.gpus > 0);
  const { columns, rowHeight } = nodeLayout({ width, gpus, trans });
  const { sort, descending, search } = model.query;
  return (
    <VirtualTable
      label={trans.__('Nodes')}
      columns={columns}
      rowHeight={rowHeight}
      count={model.shown.length}
      row={index => model.shown[index] ?? null}
      rowKey={node => node.name}
      sortedBy={sort}
      descending={descending}
      topKey={[model.cluster, sort, descending, search].join('\n')}
      onSort={by =>
        model.setQuery({
          sort: by as NodeSort,
          // Users look for the most free resources first.
          descending: by === sort ? !descending : by !== 'name' && by !== 'state'
        })
      }
    />
  );
}
