import { nullTranslator } from '@jupyterlab/translation';

import { TransitionDigest } from '../digest';
import { describeTransitions, type ITransition, toneOf } from '../transitions';

const trans = nullTranslator.load('jupyter_slurm_rest');

const change = (id: string, state: string, more: Partial<ITransition> = {}): ITransition => ({
  cluster: 'maxwell',
  id,
  job_id: Number(id.replace('_', '000')),
  name: 'train',
  before: null,
  state,
  flags: [],
  exit_code: null,
  ...more
});

describe('TransitionDigest', () => {
  let digest: TransitionDigest;
  let told: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    told = [];
    digest = new TransitionDigest(group => told.push(describeTransitions(group, trans)));
  });

  afterEach(() => {
    digest.dispose();
    jest.useRealTimers();
  });

  it('announces each of a few jobs that ended', () => {
    digest.add(change('1', 'COMPLETED'));
    digest.add(
      change('2', 'FAILED', { name: 'sim', exit_code: { code: 3, signal: 0, signal_name: '' } })
    );
    expect(told).toEqual([]);
    jest.advanceTimersByTime(600);
    expect(told).toEqual(['Job 1 train: Completed', 'Job 2 sim: Failed, exit code 3']);
  });

  it('announces starts only at level all, and nothing at level none', () => {
    digest.add(change('1', 'RUNNING'));
    digest.level = 'all';
    digest.add(change('2', 'RUNNING'));
    digest.add(change('3', 'PENDING'));
    jest.advanceTimersByTime(600);
    expect(told).toEqual(['Job 2 train: Running']);
    digest.level = 'none';
    digest.add(change('4', 'FAILED'));
    jest.advanceTimersByTime(60_000);
    expect(told).toHaveLength(1);
  });

  it('announces only the end of a job that started and ended at once', () => {
    digest.level = 'all';
    digest.add(change('1', 'RUNNING'));
    digest.add(change('1', 'COMPLETED'));
    jest.advanceTimersByTime(600);
    expect(told).toEqual(['Job 1 train: Completed']);
  });

  it('announces the end of a completing job, but not of a requeued one', () => {
    digest.add(change('1', 'COMPLETED', { flags: ['COMPLETING'] }));
    digest.add(change('2', 'FAILED', { flags: ['REQUEUED'] }));
    jest.advanceTimersByTime(600);
    expect(told).toEqual(['Job 1 train: Completed']);
  });

  it('makes one message of more than three', () => {
    for (const id of ['1', '2', '3']) {
      digest.add(change(id, 'COMPLETED'));
    }
    digest.add(change('4', 'TIMEOUT'));
    jest.advanceTimersByTime(600);
    expect(told).toEqual(['4 jobs on maxwell: Completed 3, Timed out 1']);
  });

  it('makes one message of the tasks of an array, and is then quiet about it for a minute', () => {
    digest.add(change('7_1', 'COMPLETED'));
    digest.add(change('7_2', 'COMPLETED'));
    jest.advanceTimersByTime(600);
    expect(told).toEqual(['2 tasks of job 7 train: Completed 2']);
    for (let task = 3; task < 8; task++) {
      digest.add(change(`7_${task}`, 'FAILED'));
      jest.advanceTimersByTime(9_000);
    }
    expect(told).toHaveLength(1);
    jest.advanceTimersByTime(30_000);
    expect(told.slice(1)).toEqual(['5 tasks of job 7 train: Failed 5']);
  });

  it('gathers what comes soon after a message', () => {
    digest.add(change('1', 'COMPLETED'));
    jest.advanceTimersByTime(600);
    for (let id = 2; id < 7; id++) {
      digest.add(change(String(id), 'COMPLETED'));
      jest.advanceTimersByTime(1000);
    }
    expect(told).toHaveLength(1);
    jest.advanceTimersByTime(10_000);
    expect(told).toEqual(['Job 1 train: Completed', '5 jobs on maxwell: Completed 5']);
  });
});

describe('toneOf', () => {
  it('is that of the worst', () => {
    const of = (...states: string[]) =>
      toneOf(
        states.map(state => change('1', state)),
        trans
      );
    expect(of('COMPLETED', 'TIMEOUT')).toBe('bad');
    expect(of('COMPLETED', 'CANCELLED')).toBe('stopped');
    expect(of('COMPLETED')).toBe('good');
  });
});

describe('describeTransitions', () => {
  it('keeps a long name short', () => {
    const text = describeTransitions([change('1', 'COMPLETED', { name: 'x'.repeat(300) })], trans);
    expect(text.length).toBeLessThan(80);
  });
});
