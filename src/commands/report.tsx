import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IActionResult } from '../api/vocabulary';

/** A job as far as people must be told which one it is. */
export interface INamedJob {
  id: string;
  name?: string;
  state?: string;
  cron?: boolean;
  het_job_id?: number | null;
}

/** Says what Slurm said: briefly where it did everything, job by job where it refused some. */
export async function report(options: {
  results: readonly IActionResult[];
  jobs: readonly INamedJob[];
  /** Several jobs, and all went well. */
  done: string;
  /** So many were refused. */
  refused: (count: number) => string;
  trans: TranslationBundle;
}): Promise<void> {
  const { results, jobs, done, trans } = options;
  const refused = results.filter(result => !result.ok);
  if (refused.length === 0) {
    const [first] = results;
    Notification.success(
      results.length === 1 ? trans.__('Job %1: %2', first.id, first.message) : done,
      { autoClose: 4000 }
    );
    return;
  }
  const names = new Map(jobs.map(job => [job.id, job.name ?? '']));
  await showDialog({
    title: options.refused(refused.length),
    body: (
      <div className="jp-SlurmCancel">
        <ul>
          {[...refused, ...results.filter(result => result.ok)].map(result => (
            <li key={result.id} className={result.ok ? undefined : 'jp-mod-refused'}>
              {result.id} <b>{names.get(result.id)}</b> {result.message}
            </li>
          ))}
        </ul>
      </div>
    ),
    buttons: [Dialog.okButton()]
  });
}
