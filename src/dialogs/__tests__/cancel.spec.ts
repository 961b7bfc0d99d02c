import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { ApiError, type SlurmServer } from '../../api/request';
import { cancelJobs, type INamedJob } from '../job-actions';

const trans = nullTranslator.load('jupyter_slurm_rest');

/** Resolves with the dialog that is open, once there is one. */
async function openDialog(): Promise<HTMLElement> {
  for (let turn = 0; turn < 400; turn++) {
    const dialog = document.querySelector<HTMLElement>('.jp-Dialog');
    // Its title is drawn after the rest.
    if (dialog?.querySelector('.jp-Dialog-header')?.textContent) {
      return dialog;
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error('No dialog was opened.');
}

async function press(label: string): Promise<string> {
  const dialog = await openDialog();
  const text = dialog.textContent ?? '';
  const button = [...dialog.querySelectorAll('button')].find(
    ({ textContent }) => textContent === label
  );
  if (!button) {
    throw new Error(`No button ${label} in: ${text}`);
  }
  button.click();
  await new Promise(resolve => setTimeout(resolve, 20));
  return text;
}

function begin(
  send: jest.Mock,
  jobs: INamedJob[] = ['1', '2'].map(id => ({ id, name: `job-${id}` }))
) {
  const onResponse = jest.fn();
  const done = cancelJobs({
    server: { send } as unknown as SlurmServer,
    cluster: 'maxwell',
    jobs,
    trans,
    onResponse
  });
  return { done, onResponse };
}

const results = (...ok: boolean[]) => ({
  results: ok.map((good, index) => ({
    id: String(index + 1),
    ok: good,
    message: good ? 'canceled' : 'Access/permission denied',
    error_number: good ? null : 2002
  }))
});

describe('cancelJobs', () => {
  afterEach(() => {
    Dialog.flush();
  });

  it('cancels a waiting heterogeneous job as a whole, and says so', async () => {
    const send = jest.fn().mockResolvedValue(results(true));
    const parts = [0, 1].map(n => ({
      id: `7+${n}`,
      name: 'parts',
      state: 'PENDING',
      het_job_id: 7
    }));
    const { done } = begin(send, parts);
    const text = await press('Cancel job');
    expect(text).toContain('with all of its components');
    await done;
    expect(send.mock.calls[0][2]).toEqual({ action: 'cancel', job_ids: ['7'] });
  });

  it('says before that a line of scrontab is disabled', async () => {
    const send = jest.fn().mockResolvedValue(results(true, true));
    const { done } = begin(send, [{ id: '8', cron: true }, { id: '9' }]);
    const text = await press('Cancel jobs');
    expect(text).toContain('Scheduled by scrontab: 8.');
    await done;
    expect(send.mock.calls[0][2]).toEqual({ action: 'cancel', job_ids: ['8', '9'], cron: true });
  });

  it('names the jobs and the cluster, and sends nothing if the user keeps them', async () => {
    const send = jest.fn();
    const { done, onResponse } = begin(send);
    const text = await press('Keep jobs');
    expect(text).toContain('Cancel 2 jobs on maxwell?');
    expect(text).toContain('1 job-1');
    expect(await done).toBeNull();
    expect(send).not.toHaveBeenCalled();
    expect(onResponse).not.toHaveBeenCalled();
  });

  it('sends all jobs at once and returns the results', async () => {
    const send = jest.fn().mockResolvedValue(results(true, true));
    const { done, onResponse } = begin(send);
    await press('Cancel jobs');
    expect((await done)?.map(({ ok }) => ok)).toEqual([true, true]);
    expect(send).toHaveBeenCalledWith('POST', ['clusters', 'maxwell', 'jobs', 'actions'], {
      action: 'cancel',
      job_ids: ['1', '2']
    });
    expect(onResponse).toHaveBeenCalledTimes(1);
  });

  it('shows each job if one was refused', async () => {
    const { done } = begin(jest.fn().mockResolvedValue(results(true, false)));
    await press('Cancel jobs');
    const text = await press('Ok');
    expect(text).toContain('1 of 2 jobs was not canceled');
    expect(text).toContain('Access/permission denied');
    expect((await done)?.map(({ ok }) => ok)).toEqual([true, false]);
  });

  it('says that nothing was canceled when it was refused as a whole', async () => {
    const error = new ApiError(403, { message: 'not allowed', reason: 'forbidden' });
    const { done } = begin(jest.fn().mockRejectedValue(error), [{ id: '1' }]);
    await press('Cancel job');
    expect(await press('Ok')).toContain('Could not cancel the job');
    expect(await done).toBeNull();
  });

  it('claims neither success nor failure without a response', async () => {
    const send = jest
      .fn()
      .mockRejectedValue(new ApiError(502, { message: 'no answer', reason: 'unreachable' }));
    const { done, onResponse } = begin(
      send,
      ['1'].map(id => ({ id, name: `job-${id}` }))
    );
    await press('Cancel job');
    const text = await press('Ok');
    expect(text).toContain('Slurm did not confirm the cancellation');
    expect(text).toContain('no answer');
    expect(await done).toBeNull();
    expect(onResponse).toHaveBeenCalledTimes(1);
  });

  it('counts what it does not name', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => String(index));
    const { done } = begin(
      jest.fn(),
      ids.map(id => ({ id, name: `job-${id}` }))
    );
    const text = await press('Keep jobs');
    expect(text).toContain('and 28 more');
    await done;
  });
});
