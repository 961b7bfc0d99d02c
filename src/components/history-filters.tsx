import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import type { HistoryModel, Outcome } from '../models/history';
import type { Scope } from '../models/queue';
import { FilterBox } from './filter-box';

/** Whose finished jobs, which of them, and how far back. */
export function HistoryFilters(props: {
  model: HistoryModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, trans } = props;
  const { days, outcome, scope, search } = model.query;
  return (
    <div className="jp-SlurmList-filters">
      <FilterBox
        value={search}
        label={trans.__('Filter finished jobs')}
        clearLabel={trans.__('Clear the filter')}
        onChange={words => model.setQuery({ search: words })}
      />
      <div className="jp-SlurmHistory-choices">
        <HTMLSelect
          aria-label={trans.__('Whose jobs')}
          value={scope}
          options={[
            { value: 'mine', label: trans.__('Mine') },
            { value: 'all', label: trans.__('All users') }
          ]}
          onChange={event => model.setQuery({ scope: event.target.value as Scope })}
        />
        <HTMLSelect
          aria-label={trans.__('How they ended')}
          value={outcome}
          options={[
            { value: 'any', label: trans.__('Any end') },
            { value: 'good', label: trans.__('Completed') },
            { value: 'bad', label: trans.__('Failed') },
            { value: 'stopped', label: trans.__('Cancelled') }
          ]}
          onChange={event => model.setQuery({ outcome: event.target.value as Outcome })}
        />
        <HTMLSelect
          aria-label={trans.__('How far back')}
          value={String(days)}
          options={[1, 7, 30, 90].map(count => ({
            value: String(count),
            label: trans._n('%1 day', '%1 days', count)
          }))}
          onChange={event => model.setQuery({ days: Number(event.target.value) })}
        />
      </div>
    </div>
  );
}
