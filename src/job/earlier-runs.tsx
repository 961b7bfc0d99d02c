import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJobSummary } from '../api/types';
import { StateBadge } from '../components/state-badge';
import { formatDuration, formatMinutes, formatRelative } from '../words/format';

interface IEarlierRunsProps {
  name: string;
  runs: readonly IJobSummary[];
  /** Seconds since the epoch. */
  now: number;
  onOpenJob: (id: string) => void;
  trans: TranslationBundle;
}

/** Other jobs of the same name, with their run times. */
export function EarlierRuns(props: IEarlierRunsProps): JSX.Element | null {
  const { name, now, onOpenJob, runs, trans } = props;
  if (runs.length === 0) {
    return null;
  }
  const longest = Math.max(1, ...runs.map(({ elapsed }) => elapsed ?? 0));
  return (
    <section className="jp-SlurmFacts jp-SlurmRuns">
      <h3 className="jp-SlurmFacts-title">{trans.__('Other runs of %1', name)}</h3>
      <div
        className="jp-SlurmFigures-scroll"
        tabIndex={0}
        role="group"
        aria-label={trans.__('Other runs of %1', name)}
      >
        <table className="jp-SlurmFigures">
          <thead>
            <tr>
              <th scope="col">{trans.__('Job')}</th>
              <th scope="col">{trans.__('State')}</th>
              <th scope="col">{trans.__('Ended')}</th>
              <th scope="col">{trans.__('Run time')}</th>
              <th scope="col">{trans.__('Time limit')}</th>
            </tr>
          </thead>
          <tbody>
            {runs.map(run => (
              <tr key={run.job_id}>
                <td>
                  <button type="button" className="jp-SlurmLink" onClick={() => onOpenJob(run.id)}>
                    {run.id}
                  </button>
                </td>
                <td>
                  <StateBadge state={run.state} flags={run.flags} trans={trans} />
                </td>
                <td>
                  {run.end_time !== null && formatRelative(Math.min(run.end_time, now), now, trans)}
                </td>
                <td>
                  {run.elapsed !== null && (
                    <>
                      <span
                        className="jp-SlurmRuns-bar"
                        style={{ width: `${(60 * run.elapsed) / longest}px` }}
                        aria-hidden="true"
                      />
                      {formatDuration(run.elapsed)}
                    </>
                  )}
                </td>
                <td>{formatMinutes(run.time_limit, trans)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
