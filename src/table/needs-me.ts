import type { IJobSummary } from '../api/types';

/** The sort key of the order in which jobs need the user's attention. */
export const NEEDS_ME = 'needs_me';

/**
 * The jobs in the order in which users look for them: running, pending by expected start,
 * ended badly with the latest first, then all others with the latest first.
 */
export function byNeed(jobs: readonly IJobSummary[]): IJobSummary[] {
  return jobs
    .map(job => ({ job, group: groupOf(job), time: timeOf(job) }))
    .sort((a, b) => a.group - b.group || a.time - b.time)
    .map(({ job }) => job);
}

const ACTIVE = ['RUNNING', 'SUSPENDED'];
const HARMLESS = ['COMPLETED', 'CANCELLED', 'PREEMPTED', 'REVOKED'];

function groupOf({ state }: IJobSummary): number {
  if (ACTIVE.includes(state)) {
    return 0;
  }
  return state === 'PENDING' ? 1 : HARMLESS.includes(state) ? 3 : 2;
}

/** What orders the jobs of a group, the least first; equal ones keep their order. */
function timeOf({ state, estimated_start, end_time }: IJobSummary): number {
  if (state === 'PENDING') {
    return estimated_start ?? Number.MAX_SAFE_INTEGER;
  }
  return ACTIVE.includes(state) ? 0 : -(end_time ?? 0);
}
