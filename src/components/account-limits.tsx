import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IAssociation } from '../api/vocabulary';
import { formatMinutes, type Limit } from '../models/format';
import { describeTres } from '../models/treswords';
import { Row } from './account-row';

/** A number of jobs, or nothing where there is no limit. */
export function formatLimit(limit: Limit): string {
  return typeof limit === 'number' ? limit.toLocaleString() : '';
}

/** The longest time, or nothing where there is no limit. */
export function formatWall(minutes: Limit, trans: TranslationBundle): string {
  return typeof minutes === 'number' ? formatMinutes(minutes, trans) : '';
}

/** What all jobs of an association may have together. */
function together(association: IAssociation, trans: TranslationBundle): string {
  const { group_jobs: jobs, group_submit_jobs: queued, group_tres: tres } = association;
  return [
    describeTres(tres, trans),
    typeof jobs === 'number' ? trans._n('%1 running job', '%1 running jobs', jobs) : '',
    typeof queued === 'number'
      ? trans._n('%1 job in the queue', '%1 jobs in the queue', queued)
      : ''
  ]
    .filter(Boolean)
    .join(', ');
}

/** What limits a user's jobs in an account, and what limits all jobs of the account. */
export function AccountLimits(props: {
  association: IAssociation;
  accounts: readonly IAssociation[];
  trans: TranslationBundle;
}): JSX.Element {
  const { accounts, association, trans } = props;
  const rows: [string, string][] = [
    [trans.__('Jobs running at once'), formatLimit(association.max_jobs)],
    [trans.__('Jobs in the queue'), formatLimit(association.max_submit_jobs)],
    [trans.__('Longest time'), formatWall(association.max_wall, trans)],
    [trans.__('Most for one job'), describeTres(association.max_tres_per_job, trans)],
    [trans.__('Most on one node'), describeTres(association.max_tres_per_node, trans)],
    [trans.__('Most for your jobs together'), together(association, trans)],
    ...accounts.map((account): [string, string] => [
      trans.__('Most for all jobs of %1', account.account),
      together(account, trans)
    ])
  ];
  const given = rows.filter(([, value]) => value !== '');
  return given.length === 0 ? (
    <Row term={trans.__('Limits')}>{trans.__('none')}</Row>
  ) : (
    <>
      {given.map(([term, value]) => (
        <Row key={term} term={term}>
          {value}
        </Row>
      ))}
    </>
  );
}
