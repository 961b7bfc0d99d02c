import type { IJob, IJobSummary } from '../api/types';
import { isFinished } from '../words/job-state';

/** Actions whose availability depends on the job. */
export type JobCommand = 'cancel' | 'hold' | 'release' | 'requeue' | 'change';

/**
 * Whether an action is possible in the job's state. This only disables buttons; Slurm
 * decides.
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
      // A user cannot release a hold by an administrator.
      return job.state === 'PENDING' && job.held_by === 'user';
    case 'requeue':
      // Only jobs that slurmctld still knows can be requeued.
      return (
        job.requeue !== false &&
        job.sources.includes('slurmctld') &&
        job.state !== 'PENDING' &&
        job.state !== 'UNKNOWN'
      );
  }
}

/** The same for a row of a list, which has less data. */
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
