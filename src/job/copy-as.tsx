import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJob } from '../api/types';

/** Where a job is, for code that names it. */
export interface IJobPlace {
  /** The cluster's name in the configuration; null if there is only one. */
  cluster: string | null;
  /** Such as `v0.0.43`; null until it is known. */
  apiVersion: string | null;
}

interface ICopyAsProps {
  job: IJob;
  place: IJobPlace;
  /** Copies text to the clipboard. */
  onCopy: (text: string) => void;
  trans: TranslationBundle;
}

/** Buttons that copy the job as code. */
export function CopyAs(props: ICopyAsProps): JSX.Element {
  const { job, onCopy, place, trans } = props;
  const texts: [label: string, text: string | null][] = [
    [trans.__('sbatch'), job.submit_line || null],
    [trans.__('curl'), curlCommand(job, place)],
    [trans.__('Python'), pythonCode(job, place)],
    [trans.__('%slurm'), magicCommand(job, place)]
  ];
  return (
    <section className="jp-SlurmFacts">
      <h3 className="jp-SlurmFacts-title">{trans.__('Copy as')}</h3>
      <div className="jp-SlurmJob-copy" role="group" aria-label={trans.__('Copy as')}>
        {texts.map(
          ([label, text]) =>
            text !== null && (
              <button
                key={label}
                type="button"
                className="jp-SlurmButton"
                title={text}
                onClick={() => onCopy(text)}
              >
                {label}
              </button>
            )
        )}
      </div>
    </section>
  );
}

/** A request for the job. The address and the token come from the environment, never from here. */
export function curlCommand(job: IJob, { apiVersion }: IJobPlace): string | null {
  if (apiVersion === null) {
    return null;
  }
  const plugin = job.sources.includes('slurmctld') ? 'slurm' : 'slurmdb';
  return [
    'curl -H "X-SLURM-USER-NAME: $USER"',
    '-H "X-SLURM-USER-TOKEN: $SLURM_JWT"',
    `"$SLURMRESTD_URL/${plugin}/${apiVersion}/job/${job.job_id}"`
  ].join(' ');
}

/** Python that reads the job in a notebook. */
export function pythonCode(job: IJob, { cluster }: IJobPlace): string {
  return [
    'from jupyter_slurm_rest import Slurm',
    '',
    `job = Slurm(${cluster === null ? '' : JSON.stringify(cluster)}).job("${job.id}")`,
    'job'
  ].join('\n');
}

/** The notebook magic that shows the job. */
export function magicCommand(job: { id: string }, { cluster }: Pick<IJobPlace, 'cluster'>): string {
  return cluster === null ? `%slurm job ${job.id}` : `%slurm job --cluster ${cluster} ${job.id}`;
}
