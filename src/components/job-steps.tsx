import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IStep } from '../api/vocabulary';
import { formatDuration, formatMemory } from '../models/format';
import { StateBadge } from './state-badge';

export interface IJobStepsProps {
  steps: IStep[];
  trans: TranslationBundle;
}

/** The steps of a job, as accounting has them. */
export function JobSteps(props: IJobStepsProps): JSX.Element | null {
  const { steps, trans } = props;
  if (steps.length === 0) {
    return null;
  }
  const columns = [
    trans.__('Step'),
    trans.__('Name'),
    trans.__('State'),
    trans.__('Exit'),
    trans.__('Tasks'),
    trans.__('CPUs'),
    trans.__('Elapsed'),
    trans.__('CPU time'),
    trans.__('Peak memory'),
    trans.__('Nodes')
  ];
  return (
    <section className="jp-SlurmFacts">
      <h3 className="jp-SlurmFacts-title">{trans.__('Steps')}</h3>
      <div
        className="jp-SlurmFigures-scroll"
        tabIndex={0}
        role="group"
        aria-label={trans.__('Steps')}
      >
        <table className="jp-SlurmFigures">
          <thead>
            <tr>
              {columns.map(column => (
                <th scope="col" key={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {steps.map(step => (
              <tr key={step.id}>
                <th scope="row">{step.id}</th>
                <td>{step.name}</td>
                <td>
                  <StateBadge state={step.state} trans={trans} />
                </td>
                <td>{exit(step)}</td>
                <td>{step.tasks}</td>
                <td>{step.cpus}</td>
                <td>{step.elapsed !== null && formatDuration(step.elapsed)}</td>
                <td>{step.cpu_time !== null && formatDuration(step.cpu_time)}</td>
                <td>{step.max_rss !== null && formatMemory(step.max_rss)}</td>
                <td>{step.nodes}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Slurm's own short form: `code:signal`. */
function exit(step: IStep): string {
  return step.exit_code === null ? '' : `${step.exit_code.code}:${step.exit_code.signal}`;
}
