import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IAssociation, IQos } from '../api/types';
import { Row } from '../components/facts';
import { describeTres, formatMinutes, type Limit } from '../words/format';

/** Formats a number of jobs; empty if there is no limit. */
function formatLimit(limit: Limit): string {
  return typeof limit === 'number' ? limit.toLocaleString() : '';
}

/** Formats a wall time limit in minutes; empty if there is no limit. */
function formatWall(minutes: Limit, trans: TranslationBundle): string {
  return typeof minutes === 'number' ? formatMinutes(minutes, trans) : '';
}

/** Describes the limits for all jobs of an association together. */
function describeGroupLimits(association: IAssociation, trans: TranslationBundle): string {
  const { group_jobs: jobs, group_submit_jobs: queued, group_tres: tres } = association;
  return [
    describeTres(tres, trans),
    typeof jobs === 'number' ? trans._n('%1 running job', '%1 running jobs', jobs) : '',
    typeof queued === 'number' ? trans._n('%1 job in queue', '%1 jobs in queue', queued) : ''
  ]
    .filter(Boolean)
    .join(', ');
}

/** The limits of a user's jobs in an account, and of all jobs of the account. */
export function AccountLimits(props: {
  association: IAssociation;
  accounts: readonly IAssociation[];
  trans: TranslationBundle;
}): JSX.Element {
  const { accounts, association, trans } = props;
  const rows: [string, string][] = [
    [trans.__('Max. running jobs'), formatLimit(association.max_jobs)],
    [trans.__('Max. jobs in queue'), formatLimit(association.max_submit_jobs)],
    [trans.__('Max. wall time'), formatWall(association.max_wall, trans)],
    [trans.__('Max. per job'), describeTres(association.max_tres_per_job, trans)],
    [trans.__('Max. per node'), describeTres(association.max_tres_per_node, trans)],
    [trans.__('Max. for all your jobs'), describeGroupLimits(association, trans)],
    ...accounts.map((account): [string, string] => [
      trans.__('Max. for all jobs of %1', account.account),
      describeGroupLimits(account, trans)
    ])
  ];
  const given = rows.filter(([, value]) => value !== '');
  return given.length === 0 ? (
    <Row term={trans.__('Limits')}>{trans.__('None')}</Row>
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

/** A table of the QOS; limits that none of them has are left out. */
export function QosTable(props: { qos: readonly IQos[]; trans: TranslationBundle }): JSX.Element {
  const { trans } = props;
  const qos = [...props.qos].sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0));
  const columns: [string, (one: IQos) => string][] = [
    [trans.__('Priority'), one => (one.priority === null ? '' : one.priority.toLocaleString())],
    [trans.__('Max. wall time'), one => formatWall(one.max_wall, trans)],
    [trans.__('Max. running jobs'), one => formatLimit(one.max_jobs_per_user)],
    [trans.__('Max. jobs in queue'), one => formatLimit(one.max_submit_jobs_per_user)],
    [trans.__('Max. per job'), one => describeTres(one.max_tres_per_job, trans)],
    [trans.__('Max. per user'), one => describeTres(one.max_tres_per_user, trans)],
    [trans.__('Max. for all users'), one => describeTres(one.group_tres, trans)],
    [trans.__('Can preempt'), one => one.preempt.join(', ')],
    [trans.__('Description'), one => one.description]
  ];
  const given = columns.filter(([, value]) => qos.some(one => value(one) !== ''));
  return (
    <>
      <h3 className="jp-SlurmFacts-title">{trans.__('Quality of service (QOS)')}</h3>
      <div className="jp-SlurmFigures-scroll">
        <table className="jp-SlurmFigures">
          <thead>
            <tr>
              <th scope="col">{trans.__('QOS')}</th>
              {given.map(([label]) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {qos.map(one => (
              <tr key={one.name}>
                <th scope="row">{one.name}</th>
                {given.map(([label, value]) => (
                  <td key={label}>{value(one) || '–'}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
