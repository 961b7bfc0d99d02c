import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { ClustersModel } from '../models/clusters';
import { formatRelative, formatTime } from '../models/format';
import type { PolledModel } from '../models/polled';
import { endsSoon } from '../models/remedy';
import { useModel, useNow } from './use-model';

/** As whom, where, with which Slurm; and how old the oldest list in sight is. */
export function StatusLine(props: {
  clusters: ClustersModel;
  lists: readonly PolledModel[];
  /** Lets the person give another token. */
  paste: () => void;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { clusters, lists, paste, trans } = props;
  useModel(clusters);
  lists.forEach(useModel);
  const now = useNow(5);
  const { info } = clusters;
  if (!info) {
    return null;
  }
  const who = info.user
    ? trans.__('%1 on %2', info.user, info.name)
    : trans.__('nobody on %1', info.name);
  const slurm = info.slurm_release
    ? trans.__('Slurm %1, API %2', info.slurm_release, info.api_version ?? '?')
    : '';
  const ends = endsSoon(info, now);
  const details = [
    slurm,
    info.plan ? trans.__('How lists are read: %1', info.plan) : '',
    info.accounting === false ? trans.__('No accounting') : '',
    info.token_expires_at !== null
      ? trans.__('The token holds until %1', formatTime(info.token_expires_at))
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
            'The token ends at %1 and nothing renews it. Paste another one.',
            formatTime(ends)
          )}
          onClick={paste}
        >
          {ends > now
            ? trans.__('token ends %1', formatRelative(ends, now, trans))
            : trans.__('token ended')}
        </button>
      )}
      <Age lists={lists} now={now} trans={trans} />
    </div>
  );
}

function Age(props: {
  lists: readonly PolledModel[];
  now: number;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { now, trans } = props;
  const shown = props.lists.filter(list => list.active && list.asOf !== null);
  if (shown.length === 0) {
    return null;
  }
  const oldest = Math.min(...shown.map(list => list.asOf ?? now));
  const stale = shown.some(list => list.stale);
  return (
    <span
      className={`jp-SlurmStatus-age${stale ? ' jp-mod-stale' : ''}`}
      title={trans.__('Data from %1', formatTime(oldest))}
    >
      {now - oldest < 3 ? trans.__('now') : formatRelative(Math.min(oldest, now), now, trans)}
    </span>
  );
}
