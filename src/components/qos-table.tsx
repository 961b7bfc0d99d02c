import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IQos } from '../api/vocabulary';
import { describeTres } from '../models/treswords';
import { formatLimit, formatWall } from './account-limits';

/** The qualities of service beside each other; limits that none of them has are left out. */
export function QosTable(props: { qos: readonly IQos[]; trans: TranslationBundle }): JSX.Element {
  const { trans } = props;
  const qos = [...props.qos].sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0));
  const columns: [string, (one: IQos) => string][] = [
    [trans.__('Priority'), one => (one.priority === null ? '' : one.priority.toLocaleString())],
    [trans.__('Longest time'), one => formatWall(one.max_wall, trans)],
    [trans.__('Jobs running at once'), one => formatLimit(one.max_jobs_per_user)],
    [trans.__('Jobs in the queue'), one => formatLimit(one.max_submit_jobs_per_user)],
    [trans.__('Most for one job'), one => describeTres(one.max_tres_per_job, trans)],
    [trans.__('Most for you'), one => describeTres(one.max_tres_per_user, trans)],
    [trans.__('Most for all'), one => describeTres(one.group_tres, trans)],
    [trans.__('Can preempt'), one => one.preempt.join(', ')],
    [trans.__('Description'), one => one.description]
  ];
  const given = columns.filter(([, value]) => qos.some(one => value(one) !== ''));
  return (
    <>
      <h3 className="jp-SlurmFacts-title">{trans.__('Qualities of service (QOS)')}</h3>
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
