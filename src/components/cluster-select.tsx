import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import type { ClustersModel } from '../models/clusters';
import { useModel } from './use-model';

/** The choice of the cluster, where there is one to make. */
export function ClusterSelect(props: {
  clusters: ClustersModel;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { clusters, trans } = props;
  useModel(clusters);
  const names = (clusters.clusters ?? []).map(cluster => cluster.name);
  if (names.length < 2) {
    return null;
  }
  return (
    <HTMLSelect
      className="jp-SlurmClusterSelect"
      aria-label={trans.__('Cluster')}
      title={trans.__('Cluster')}
      value={clusters.current ?? undefined}
      options={names}
      onChange={event => clusters.select(event.target.value)}
    />
  );
}
