import { nullTranslator } from '@jupyterlab/translation';

import { describeState, isFinished } from '../job-state';

const trans = nullTranslator.load('jupyter_slurm_rest');

describe('isFinished', () => {
  it.each(['COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT', 'OUT_OF_MEMORY', 'NODE_FAIL'])(
    'says that %s has ended',
    state => {
      expect(isFinished(state)).toBe(true);
    }
  );

  it.each(['PENDING', 'RUNNING', 'SUSPENDED', 'REQUEUED'])('says that %s has not', state => {
    expect(isFinished(state)).toBe(false);
  });

  it('never takes an unreadable state for an end', () => {
    expect(isFinished('UNKNOWN')).toBe(false);
  });

  it('waits for a job that is completing or being requeued', () => {
    expect(isFinished('COMPLETED', ['COMPLETING'])).toBe(false);
    expect(isFinished('NODE_FAIL', ['REQUEUED'])).toBe(false);
  });
});

describe('describeState', () => {
  it('prefers the flag that is more specific', () => {
    expect(describeState('RUNNING', ['COMPLETING'], trans).label).toBe('Completing');
    expect(describeState('RUNNING', ['CONFIGURING'], trans).label).toBe('Configuring');
  });

  it('shows an unknown state by its name', () => {
    expect(describeState('EXPEDITED', [], trans)).toEqual({ label: 'EXPEDITED', tone: 'unknown' });
  });
});
