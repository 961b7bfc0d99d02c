import type { IJob, IJobSummary } from '../api/types';
import { isFinished } from '../words/job-state';

/** What the toolbar of a job offers. */
export type JobCommand = 'cancel' | 'hold' | 'release' | 'requeue' | 'change';

/**
 * Whether an action makes sense in the job's state. Slurm has the last word: this only
 * keeps buttons from offering what cannot be.
 */
export function isApplicable(command: JobCommand, job: IJob): boolean {
  const finished = isFinished(job.state, job.flags);
  const completing = job.flags.includes('COMPLETING');
  switch (command) {
    case 'cancel':
      return !finished && !completing;
    case 'change':
      return !finished && !completing;
    case 'hold':
      return job.state === 'PENDING' && job.held_by === null;
    case 'release':
      // A hold by an administrator is not the person's to release.
      return job.state === 'PENDING' && job.held_by === 'user';
    case 'requeue':
      // Slurm forgets finished jobs; those still known to slurmctld can run again.
      return (
        job.requeue !== false &&
        job.sources.includes('slurmctld') &&
        job.state !== 'PENDING' &&
        job.state !== 'UNKNOWN'
      );
  }
}

/** The same for a row of a list, of which less is known. */
export function isApplicableToRow(command: JobCommand, job: IJobSummary): boolean {
  const held = job.reason.startsWith('JobHeld');
  switch (command) {
    case 'hold':
      return job.state === 'PENDING' && !held;
    case 'release':
      return job.state === 'PENDING' && job.reason === 'JobHeldUser';
    case 'requeue':
      return !['PENDING', 'UNKNOWN'].includes(job.state);
    default:
      return !isFinished(job.state, job.flags) && !job.flags.includes('COMPLETING');
  }
}
