import { aJob } from '../../__tests__/jobs';
import { byNeed } from '../needs-me';

it('puts running jobs first, then pending ones by start, failed ones, and the rest', () => {
  const jobs = [
    aJob(9, { state: 'COMPLETED', end_time: 90 }),
    aJob(8, { state: 'PENDING' }),
    aJob(7, { state: 'PENDING', estimated_start: 500 }),
    aJob(6, { state: 'FAILED', end_time: 60 }),
    aJob(5, { state: 'TIMEOUT', end_time: 80 }),
    aJob(4, { state: 'COMPLETED', end_time: 95 }),
    aJob(3, { state: 'RUNNING' }),
    aJob(2, { state: 'PENDING', estimated_start: 400 }),
    aJob(1, { state: 'SUSPENDED' })
  ];
  expect(byNeed(jobs).map(({ job_id }) => job_id)).toEqual([3, 1, 2, 7, 8, 5, 6, 4, 9]);
});
