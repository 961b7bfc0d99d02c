import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { actOnJobs } from '../api/jobs';
import { ApiError, type SlurmServer } from '../api/request';
import type { IActionResult } from '../api/types';
import { describeError } from '../words/errors';

/** The most jobs that a dialog names. */
const MAX_NAMED = 12;

/**
 * Asks for confirmation, cancels the jobs and shows the results.
 *
 * @returns The results, or null if the user declined or the request failed.
 */
export async function cancelJobs(options: {
  server: SlurmServer;
  cluster: string;
  jobs: readonly INamedJob[];
  trans: TranslationBundle;
  /** Called once the queue may have changed, before the results are shown. */
  onResponse: () => void;
}): Promise<IActionResult[] | null> {
  const { server, cluster, trans, onResponse } = options;
  const jobs = wholeJobs(options.jobs);
  const cron = jobs.some(job => job.cron);
  const { button } = await showDialog({
    title: trans._n('Cancel %1 job on %2?', 'Cancel %1 jobs on %2?', jobs.length, cluster),
    body: <JobNames jobs={jobs} trans={trans} />,
    buttons: [
      Dialog.cancelButton({ label: trans._n('Keep job', 'Keep jobs', jobs.length) }),
      Dialog.warnButton({ label: trans._n('Cancel job', 'Cancel jobs', jobs.length) })
    ],
    defaultButton: 0
  });
  if (!button.accept) {
    return null;
  }
  try {
    const ids = jobs.map(job => job.id);
    const results = await actOnJobs(server, cluster, 'cancel', ids, cron ? { cron } : {});
    onResponse();
    await showResults({
      results,
      jobs,
      done: trans._n('%1 job canceled', '%1 jobs canceled', results.length),
      refused: count =>
        trans._n(
          '%1 of %2 jobs was not canceled',
          '%1 of %2 jobs were not canceled',
          count,
          results.length
        ),
      trans
    });
    return results;
  } catch (error) {
    const { text, advice } = describeError(error, trans);
    // Without a response, it is unknown whether the jobs were canceled.
    const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
    onResponse();
    await showDialog({
      title: refused
        ? trans._n('Could not cancel the job', 'Could not cancel the jobs', jobs.length)
        : trans.__('Slurm did not confirm the cancellation'),
      body: (
        <div className="jp-SlurmCancel">
          <p>{text}</p>
          {advice ? <p>{advice}</p> : null}
        </div>
      ),
      buttons: [Dialog.okButton()]
    });
    return null;
  }
}

/** Replaces components of pending heterogeneous jobs by the whole job: Slurm cancels only that. */
function wholeJobs(jobs: readonly INamedJob[]): INamedJob[] {
  const found = new Map<string, INamedJob>();
  for (const job of jobs) {
    const together = job.state === 'PENDING' && job.het_job_id;
    const id = together ? String(job.het_job_id) : job.id;
    if (!found.has(id)) {
      found.set(id, { ...job, id });
    }
  }
  return [...found.values()];
}

/** The ids and names of jobs; only the first few if there are many. */
function NameList(props: { jobs: readonly INamedJob[]; trans: TranslationBundle }): JSX.Element {
  const { jobs, trans } = props;
  const more = jobs.length - MAX_NAMED;
  return (
    <ul>
      {jobs.slice(0, MAX_NAMED).map(job => (
        <li key={job.id}>
          {job.id} {job.name ? <b>{job.name}</b> : null}
        </li>
      ))}
      {more > 0 ? <li>{trans._n('and %1 more', 'and %1 more', more)}</li> : null}
    </ul>
  );
}

function JobNames(props: { jobs: readonly INamedJob[]; trans: TranslationBundle }): JSX.Element {
  const { jobs, trans } = props;
  return (
    <div className="jp-SlurmCancel">
      <NameList jobs={jobs} trans={trans} />
      {jobs.some(job => job.state === 'PENDING' && job.het_job_id) ? (
        <p>{trans.__('A pending heterogeneous job is canceled with all of its components.')}</p>
      ) : null}
      {jobs.some(job => job.cron) ? (
        <p>
          {trans.__(
            'Scheduled by scrontab: %1. Canceling also disables their lines in scrontab, so that they do not run again.',
            jobs
              .filter(job => job.cron)
              .map(job => job.id)
              .join(', ')
          )}
        </p>
      ) : null}
      <p>{trans.__('A canceled job cannot be resumed.')}</p>
    </div>
  );
}

/** Asks for confirmation of an action, naming its jobs. */
export async function confirmAction(options: {
  title: string;
  /** What the action does to the jobs. */
  text: string;
  accept: string;
  jobs: readonly INamedJob[];
  trans: TranslationBundle;
}): Promise<boolean> {
  const { title, text, accept, jobs, trans } = options;
  const { button } = await showDialog({
    title,
    body: (
      <div className="jp-SlurmCancel">
        <NameList jobs={jobs} trans={trans} />
        <p>{text}</p>
      </div>
    ),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: accept })],
    defaultButton: 0
  });
  return button.accept;
}

/** Asks for confirmation, as requeued jobs lose unsaved results. */
export function confirmRequeue(
  jobs: readonly INamedJob[],
  trans: TranslationBundle
): Promise<boolean> {
  return confirmAction({
    title: trans._n('Requeue %1 job?', 'Requeue %1 jobs?', jobs.length),
    text: trans.__(
      'A requeued job is stopped and runs again from the start. Unsaved results are lost.'
    ),
    accept: trans.__('Requeue'),
    jobs,
    trans
  });
}

/** A job as dialogs name it. */
export interface INamedJob {
  id: string;
  name?: string;
  state?: string;
  cron?: boolean;
  het_job_id?: number | null;
}

/** Shows the results of an action: a notification if all succeeded, else a dialog with each job. */
export async function showResults(options: {
  results: readonly IActionResult[];
  jobs: readonly INamedJob[];
  /** The message if the action succeeded for several jobs. */
  done: string;
  /** The title if the action failed for `count` jobs. */
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
