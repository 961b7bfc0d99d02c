import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { ClustersModel } from '../models/clusters';
import { Failure, Placeholder, Waiting } from './notice';
import { useModel } from './use-model';

/** Its children once there is a cluster to look at; until then, why there is none. */
export function ClusterGate(props: {
  clusters: ClustersModel;
  trans: TranslationBundle;
  children: React.ReactNode;
}): JSX.Element {
  const { clusters, trans } = props;
  useModel(clusters);
  if (clusters.current !== null) {
    return <>{props.children}</>;
  }
  if (clusters.error) {
    return <Failure error={clusters.error} trans={trans} retry={() => void clusters.refresh()} />;
  }
  if (clusters.clusters === null) {
    return <Waiting label={trans.__('Asking for the clusters…')} />;
  }
  return (
    <Placeholder
      title={trans.__('No Slurm cluster is configured.')}
      text={trans.__(
        'Set SLURMRESTD_URL in the environment of the Jupyter server, or c.SlurmRest.clusters in its configuration.'
      )}
    />
  );
}
