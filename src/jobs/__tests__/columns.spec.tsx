import { aJob } from '../../__tests__/jobs';
import { elapsedOf } from '../columns';

describe('elapsedOf', () => {
  it('counts on without the seconds that a job was suspended', () => {
    const job = aJob(1, {
      state: 'RUNNING',
      start_time: 1000,
      running_since: 1022,
      elapsed: 51
    });
    expect(elapsedOf(job, 1095)).toBe(73);
  });

  it('stands still while a job is suspended', () => {
    const job = aJob(1, { state: 'SUSPENDED', start_time: 1000, elapsed: 51 });
    expect(elapsedOf(job, 5000)).toBe(51);
  });
});
