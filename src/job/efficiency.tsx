import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Options } from '../api/submit';
import type { IJob } from '../api/types';
import { formatDuration, formatMemory, formatMinutes, formatPercent } from '../words/format';
import { lessFor } from './resubmit';

interface IBar {
  label: string;
  /** 0-1, or more: a job can use more than it requested. */
  fraction: number;
  figures: string;
}

interface IJobEfficiencyProps {
  job: IJob;
  /** Opens the submit form with the job's script, with options changed in it. */
  onSubmitAgain: (changes: Options) => void;
  trans: TranslationBundle;
}

/** The job's resource usage, as bars with figures. */
export function JobEfficiency(props: IJobEfficiencyProps): JSX.Element | null {
  const { job, onSubmitAgain, trans } = props;
  const bars = barsOf(job, trans);
  const less = job.script ? lessFor(job, trans) : null;
  if (bars.length === 0) {
    return null;
  }
  return (
    <section className="jp-SlurmFacts jp-SlurmEfficiency">
      <h3 className="jp-SlurmFacts-title">{trans.__('Resource usage')}</h3>
      {bars.map(bar => (
        <div className="jp-SlurmEfficiency-row" key={bar.label}>
          <span className="jp-SlurmEfficiency-label">{bar.label}</span>
          <span
            className={`jp-SlurmEfficiency-bar${bar.fraction > 1.005 ? ' jp-mod-over' : ''}`}
            role="meter"
            aria-label={bar.label}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.min(100, Math.round(bar.fraction * 100))}
            aria-valuetext={bar.figures}
          >
            {/* Of a bar over 100 %, the part within is shown first, then the part over it. */}
            <span
              style={{ width: `${100 * Math.min(bar.fraction, 1 / Math.max(1, bar.fraction))}%` }}
            />
          </span>
          <span className="jp-SlurmEfficiency-percent">{formatPercent(bar.fraction)}</span>
          <span className="jp-SlurmEfficiency-figures">{bar.figures}</span>
        </div>
      ))}
      {less !== null && (
        <div className="jp-SlurmEfficiency-advice">
          <p>
            {trans.__(
              'The job needed less than it requested. Requesting less may start it earlier.'
            )}
          </p>
          <button
            type="button"
            className="jp-SlurmButton"
            onClick={() => onSubmitAgain(less.options)}
          >
            {trans.__('Submit again with %1…', less.label)}
          </button>
        </div>
      )}
    </section>
  );
}

function barsOf(job: IJob, trans: TranslationBundle): IBar[] {
  const used = job.efficiency;
  const bars: IBar[] = [];
  const limit = typeof job.time_limit === 'number' ? job.time_limit : null;
  const time = used?.time ?? (limit && job.elapsed !== null ? job.elapsed / (limit * 60) : null);
  if (time !== null && job.elapsed !== null) {
    bars.push({
      label: trans.__('Time'),
      fraction: time,
      figures: trans.__(
        '%1 of %2',
        formatDuration(job.elapsed),
        formatMinutes(job.time_limit, trans)
      )
    });
  }
  if (used === null) {
    return bars;
  }
  if (used.cpu !== null) {
    bars.push({
      label: trans.__('CPU'),
      fraction: used.cpu,
      figures:
        used.cpu_used !== null && used.cpu_allocated !== null
          ? trans.__(
              '%1 of %2 CPU time',
              formatDuration(used.cpu_used),
              formatDuration(used.cpu_allocated)
            )
          : ''
    });
  }
  if (used.memory !== null) {
    bars.push({
      label: trans.__('Memory'),
      fraction: used.memory,
      figures:
        used.memory_used !== null && used.memory_allocated !== null
          ? trans.__(
              '%1 of %2 (peak)',
              formatMemory(used.memory_used),
              formatMemory(used.memory_allocated)
            )
          : ''
    });
  }
  if (used.gpu !== null) {
    bars.push({
      label: trans.__('GPU'),
      fraction: used.gpu,
      figures: trans._n('of %1 GPU', 'of %1 GPUs', job.gpus)
    });
  }
  return bars;
}
