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

/** What an account limits. */
export function AccountLimits(props: {
  association: IAssociation;
  trans: TranslationBundle;
}): JSX.Element {
  const { association, trans } = props;
  const rows: [string, string][] = [
    [trans.__('Jobs running at once'), formatLimit(association.max_jobs)],
    [trans.__('Jobs in the queue'), formatLimit(association.max_submit_jobs)],
    [trans.__('Longest time'), formatWall(association.max_wall, trans)],
    [trans.__('Most for one job'), describeTres(association.max_tres_per_job, trans)],
    [trans.__('Most for the account'), describeTres(association.group_tres, trans)]
  ];
  const given = rows.filter(([, value]) => value !== '');
  return given.length === 0 ? (
    <Row term={trans.__('Limits')}>{trans.__('none of its own')}</Row>
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
