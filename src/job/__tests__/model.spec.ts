import { waitFor } from '@testing-library/react';

import { job } from '../../__tests__/jobs';
import { ApiError } from '../../api/request';
import type { IJob } from '../../api/types';
import { JobModel } from '../model';

const DOWN = new ApiError(502, { message: 'slurmrestd does not answer', reason: 'unreachable' });

function begin(first: Partial<IJob> = {}) {
  let next: () => Promise<IJob> = () => Promise.resolve(job(first));
  let reads = 0;
  const act = jest.fn(() =>
    Promise.resolve({ id: '123', ok: true, message: 'canceled', error_number: null })
  );
  const model = new JobModel({
    cluster: 'default',
    id: '123',
    interval: 0.01,
    now: () => 10_000,
    api: {
      read: () => {
        reads += 1;
        return next();
      },
      act,
      change: jest.fn(() => Promise.reject(DOWN))
    }
  });
  return {
    model,
    act,
    reads: () => reads,
    respond: (changes: Partial<IJob>) => {
      next = () => Promise.resolve(job(changes));
    },
    fail: (error: ApiError) => {
      next = () => Promise.reject(error);
    }
  };
}

const wait = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));

describe('JobModel', () => {
  it('reads nothing before it is shown or after it is hidden', async () => {
    const { model, reads } = begin();
    await wait(30);
    expect(reads()).toBe(0);
    model.poller.active = true;
    await waitFor(() => expect(reads()).toBeGreaterThan(2));
    model.poller.active = false;
    await wait(20);
    const seen = reads();
    await wait(60);
    expect(reads()).toBe(seen);
    model.dispose();
  });

  it('stops reading when the job has ended and accounting is done with it', async () => {
    const { model, reads } = begin({ state: 'COMPLETED', end_time: 9_000 });
    model.poller.active = true;
    await waitFor(() => expect(reads()).toBe(1));
    await wait(60);
    expect(reads()).toBe(1);
    expect(model.settled).toBe(true);
    await model.refresh();
    expect(reads()).toBe(2);
    model.dispose();
  });

  it('goes on for a while after the end, for the figures that come later', async () => {
    const { model, reads } = begin({ state: 'COMPLETED', end_time: 9_990 });
    model.poller.active = true;
    await waitFor(() => expect(reads()).toBeGreaterThan(1));
    model.dispose();
  });

  it('keeps what it knows, and how old that is, while the server fails', async () => {
    const { model, fail, respond } = begin();
    await model.refresh();
    fail(DOWN);
    await model.refresh();
    expect(model.job?.state).toBe('RUNNING');
    expect(model.poller.asOf).toBe(10_000);
    expect(model.poller.error).toBe(DOWN);
    respond({ state: 'PENDING' });
    await model.refresh();
    expect(model.poller.error).toBeNull();
    expect(model.job?.state).toBe('PENDING');
    model.dispose();
  });

  it('recovers by itself', async () => {
    const { model, fail, respond } = begin();
    fail(DOWN);
    model.poller.active = true;
    await waitFor(() => expect(model.poller.error).toBe(DOWN));
    respond({});
    await waitFor(() => expect(model.poller.error).toBeNull(), { timeout: 4000 });
    expect(model.job).not.toBeNull();
    model.dispose();
  });

  it('does not request a missing job again', async () => {
    const { model, reads, fail } = begin();
    fail(new ApiError(404, { message: 'no job 123', reason: 'not_found' }));
    model.poller.active = true;
    await waitFor(() => expect(reads()).toBe(1));
    await wait(60);
    expect(reads()).toBe(1);
    model.dispose();
  });

  it('shows the result of an action once it is read', async () => {
    const { model, act, respond } = begin();
    await model.refresh();
    respond({ state: 'CANCELLED', end_time: 9_999 });
    const done = model.act('cancel');
    expect(model.busy).toBe(true);
    expect(model.job?.state).toBe('RUNNING');
    expect((await done).message).toBe('canceled');
    expect(act).toHaveBeenCalledWith('cancel', '123');
    expect(model.busy).toBe(false);
    await waitFor(() => expect(model.job?.state).toBe('CANCELLED'));
    model.dispose();
  });

  it('hands on a refusal', async () => {
    const { model } = begin();
    await expect(model.change({ time_limit: '1:00' })).rejects.toBe(DOWN);
    expect(model.busy).toBe(false);
    model.dispose();
    model.dispose();
  });
});
