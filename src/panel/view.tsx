import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import type { Poller } from '../api/poller';
import { useModel, useModels, useNow } from '../components/hooks';
import { ErrorPlaceholder, Loading, Placeholder } from '../components/notice';
import { expiresSoon } from '../token/remedy';
import { formatRelative, formatTime } from '../words/format';
import type { ClustersModel } from './clusters';

/** Shows its children if there is a cluster, or else why there is none. */
export function ClusterGate(props: {
  clusters: ClustersModel;
  trans: TranslationBundle;
  children: React.ReactNode;
}): JSX.Element {
  const { clusters, trans } = props;
  useModel(clusters.poller);
  if (clusters.current !== null) {
    return <>{props.children}</>;
  }
  if (clusters.error) {
    return (
      <ErrorPlaceholder
        error={clusters.error}
        trans={trans}
        retry={() => void clusters.poller.refresh('manual')}
      />
    );
  }
  if (clusters.clusters === null) {
    return <Loading label={trans.__('Loading the clusters…')} />;
  }
  return (
    <Placeholder
      title={trans.__('No Slurm cluster is configured.')}
      text={trans.__(
        'Set the environment variable SLURMRESTD_URL of the Jupyter server, or c.SlurmRest.clusters in its configuration.'
      )}
    />
  );
}

/** Selects a cluster; nothing if there is only one. */
export function ClusterSelect(props: {
  clusters: ClustersModel;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { clusters, trans } = props;
  useModel(clusters.poller);
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

/** The user, the cluster, the Slurm release, and the age of the visible list. */
export function StatusLine(props: {
  clusters: ClustersModel;
  pollers: readonly Poller[];
  /** Asks the user for another token. */
  paste: () => void;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { clusters, paste, pollers, trans } = props;
  useModel(clusters.poller);
  useModels(pollers);
  const now = useNow(5);
  const { info } = clusters;
  if (!info) {
    return null;
  }
  // With only one cluster, its name says nothing.
  const name = (clusters.clusters?.length ?? 0) > 1 ? info.name : '';
  const user =
    info.user && info.error?.reason.startsWith('token_')
      ? trans.__('%1 (no valid token)', info.user)
      : info.user;
  const who = name
    ? user
      ? trans.__('%1 on %2', user, name)
      : trans.__('Not authenticated on %1', name)
    : user || trans.__('Not authenticated');
  const slurm = info.slurm_release ? trans.__('Slurm %1', info.slurm_release) : '';
  const ends = expiresSoon(info, now);
  const details = [
    slurm,
    trans.__('Cluster: %1', info.name),
    info.api_version ? trans.__('API: %1', info.api_version) : '',
    info.strategy ? trans.__('Polling strategy: %1', info.strategy) : '',
    info.accounting === false ? trans.__('No accounting') : '',
    info.token_expires_at !== null
      ? trans.__('The token expires at %1', formatTime(info.token_expires_at))
      : ''
  ].filter(Boolean);
  return (
    <div className="jp-SlurmStatus">
      <span className="jp-SlurmStatus-who" title={[who, ...details].join('\n')}>
        {who}
      </span>
      {slurm && ends === null ? (
        <span className="jp-SlurmStatus-slurm" title={details.join('\n')}>
          {slurm}
        </span>
      ) : null}
      {ends === null ? null : (
        <button
          type="button"
          className="jp-SlurmLink jp-SlurmStatus-token"
          title={trans.__(
            'The token expires at %1 and is not renewed automatically. Click to paste another one.',
            formatTime(ends)
          )}
          onClick={paste}
        >
          {ends > now
            ? trans.__('token expires %1', formatRelative(ends, now, trans))
            : trans.__('token expired')}
        </button>
      )}
      <Age pollers={pollers} now={now} trans={trans} />
    </div>
  );
}

function Age(props: {
  pollers: readonly Poller[];
  now: number;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { now, trans } = props;
  const shown = props.pollers.filter(({ active, asOf }) => active && asOf !== null);
  if (shown.length === 0) {
    return null;
  }
  const oldest = Math.min(...shown.map(({ asOf }) => asOf ?? now));
  const stale = shown.some(({ stale }) => stale);
  return (
    <span
      className={`jp-SlurmStatus-age${stale ? ' jp-mod-stale' : ''}`}
      title={trans.__('Last updated: %1', formatTime(oldest))}
    >
      {now - oldest < 3 ? trans.__('now') : formatRelative(Math.min(oldest, now), now, trans)}
    </span>
  );
}
