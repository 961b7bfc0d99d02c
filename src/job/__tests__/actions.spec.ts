import { job } from '../../__tests__/jobs';
import type { IJob } from '../../api/types';
import { isApplicable, type JobCommand } from '../actions';

const COMMANDS: JobCommand[] = ['cancel', 'hold', 'release', 'requeue', 'change'];

function offered(changes: Partial<IJob>): JobCommand[] {
  return COMMANDS.filter(command => isApplicable(command, job(changes)));
}

describe('fits', () => {
  it('offers what a waiting job can take', () => {
    expect(offered({ state: 'PENDING' })).toEqual(['cancel', 'hold', 'change']);
  });

  it('offers to release what the user held', () => {
    expect(offered({ state: 'PENDING', held_by: 'user' })).toEqual(['cancel', 'release', 'change']);
  });

  it('offers neither hold nor release where an administrator holds', () => {
    expect(offered({ state: 'PENDING', held_by: 'admin' })).toEqual(['cancel', 'change']);
  });

  it('offers to requeue a running job, unless it forbids that', () => {
    expect(offered({ state: 'RUNNING' })).toEqual(['cancel', 'requeue', 'change']);
    expect(offered({ state: 'RUNNING', requeue: false })).toEqual(['cancel', 'change']);
  });

  it('offers a finished job only what Slurm still can do', () => {
    expect(offered({ state: 'FAILED' })).toEqual(['requeue']);
    expect(offered({ state: 'FAILED', sources: ['slurmdbd'] })).toEqual([]);
  });

  it('offers nothing to cancel in a job that is completing', () => {
    expect(offered({ state: 'COMPLETED', flags: ['COMPLETING'] })).toEqual(['requeue']);
  });
});
