import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';

import { aJob } from '../../__tests__/jobs';
import { ApiError, type SlurmServer } from '../../api/request';
import { RemedyContext } from '../../components/remedy';
import { ColumnChoice } from '../../table/column-choice';
import { createHistoryModel, type HistoryModel } from '../model';
import { HistoryView } from '../view';

const trans = nullTranslator.load('jupyter_slurm_rest');

describe('HistoryView', () => {
  let model: HistoryModel;
  const getDated = jest.fn();
  const paste = jest.fn();

  beforeEach(() => {
    jest.clearAllMocks();
    for (const name of ['offsetWidth', 'clientWidth', 'offsetHeight', 'clientHeight']) {
      Object.defineProperty(HTMLElement.prototype, name, { configurable: true, value: 300 });
    }
    globalThis.ResizeObserver = class {
      observe = jest.fn();
      unobserve = jest.fn();
      disconnect = jest.fn();
    };
    const server = { getDated } as unknown as SlurmServer;
    model = createHistoryModel({ server, standby: 'never' });
    model.cluster = 'maxwell';
  });

  afterEach(() => {
    model.dispose();
  });

  async function show(open = jest.fn()): Promise<void> {
    render(
      <RemedyContext.Provider
        value={error =>
          error.action === 'paste' ? { action: { label: 'Paste a token…', run: paste } } : null
        }
      >
        <HistoryView model={model} columns={new ColumnChoice()} trans={trans} open={open} />
      </RemedyContext.Provider>
    );
    await act(async () => {
      model.poller.active = true;
      await model.poller.refresh();
    });
  }

  const answers = (...jobs: object[]) =>
    getDated.mockResolvedValue({
      body: { jobs, total: jobs.length, stale: false, note: '' },
      asOf: Date.now() / 1000,
      serverAsOf: Date.now() / 1000
    });

  it('lists what ended, and opens a job by its name and by the keyboard', async () => {
    answers(aJob(7, { name: 'train', state: 'TIMEOUT', end_time: Date.now() / 1000 - 300 }));
    const open = jest.fn();
    await show(open);
    expect(screen.getByText('Timed out')).toBeTruthy();
    expect(screen.getByText('5 minutes ago')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'train' }));
    expect(open.mock.calls[0][0][0].id).toBe('7');
    const grid = screen.getByRole('grid', { name: 'Finished jobs' });
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    fireEvent.keyDown(grid, { key: 'Enter' });
    expect(open).toHaveBeenCalledTimes(2);
  });

  it('offers a longer time range when nothing ended', async () => {
    answers();
    await show();
    expect(screen.getByText('None of your jobs ended in the last 7 days.')).toBeTruthy();
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Show 90 days' }));
      await model.poller.refresh();
    });
    expect(model.query.days).toBe(90);
  });

  it('says that a cluster has no accounting, without asking to try again', async () => {
    getDated.mockRejectedValue(
      new ApiError(501, { message: 'No slurmdbd.', reason: 'accounting_missing' })
    );
    await show();
    expect(screen.getByText('This cluster has no accounting.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
  });

  it('has a button that helps when there is no token', async () => {
    getDated.mockRejectedValue(
      new ApiError(401, { message: 'No token.', reason: 'token_missing', action: 'paste' })
    );
    await show();
    fireEvent.click(screen.getByRole('button', { name: 'Paste a token…' }));
    expect(paste).toHaveBeenCalled();
  });
});
