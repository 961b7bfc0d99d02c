import { nullTranslator } from '@jupyterlab/translation';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { job } from '../../__tests__/jobs';
import { ApiError } from '../../api/request';
import { InlineError } from '../../components/notice';
import { RemedyContext } from '../../components/remedy';
import { changesOf, valuesOf } from '../change-dialog';
import { JobOverview } from '../overview';
import { JobHeader } from '../view';

const trans = nullTranslator.load('jupyter_slurm_rest');

describe('JobHeader', () => {
  it('shows why a job is pending, what to do, and when it may start', () => {
    render(
      <JobHeader
        job={job({
          state: 'PENDING',
          why: { code: 'Priority', text: 'Others go first.', advice: 'Ask for less.' },
          estimated_start: 700
        })}
        now={100}
        trans={trans}
      />
    );
    expect(screen.getByText('Others go first. Ask for less.')).toBeTruthy();
    expect(screen.getByText(/in 10 minutes/)).toBeTruthy();
  });

  it('shows the signal that ended a job', () => {
    render(
      <JobHeader
        job={job({ state: 'FAILED', exit_code: { code: 0, signal: 9, signal_name: 'SIGKILL' } })}
        now={100}
        trans={trans}
      />
    );
    expect(screen.getByText('ended by signal SIGKILL')).toBeTruthy();
  });
});

describe('JobOverview', () => {
  it('links the jobs that it depends on', async () => {
    const onOpenJob = jest.fn();
    render(
      <JobOverview
        job={job({ dependency: 'afterok:41(unfulfilled),afterany:42_3(unfulfilled)' })}
        trans={trans}
        onOpenJob={onOpenJob}
      />
    );
    await userEvent.click(screen.getByRole('button', { name: '42_3' }));
    expect(onOpenJob).toHaveBeenCalledWith('42_3');
    expect(screen.getAllByRole('button')).toHaveLength(2);
  });

  it('shows the resource usage, even if it is over 100 %', () => {
    render(
      <JobOverview
        job={job({
          state: 'OUT_OF_MEMORY',
          efficiency: {
            cpu: null,
            memory: 1.5,
            gpu: null,
            time: null,
            cpu_used: null,
            cpu_allocated: null,
            memory_used: 1536,
            memory_allocated: 1024
          }
        })}
        trans={trans}
        onOpenJob={jest.fn()}
      />
    );
    expect(screen.getByText('150 %')).toBeTruthy();
    expect(screen.getByText('1.5 GiB of 1 GiB (peak)')).toBeTruthy();
    expect(screen.queryByRole('meter', { name: 'CPU' })).toBeNull();
  });
});

describe('InlineError', () => {
  it('has a button that helps next to the retry button', async () => {
    const run = jest.fn();
    const onRetry = jest.fn();
    render(
      <RemedyContext.Provider
        value={error =>
          error.action === 'paste' ? { action: { label: 'Paste a token…', run } } : null
        }
      >
        <InlineError
          error={new ApiError(401, { message: 'No token.', action: 'paste' })}
          trans={trans}
          onRetry={onRetry}
        />
      </RemedyContext.Provider>
    );
    await userEvent.click(screen.getByRole('button', { name: 'Paste a token…' }));
    expect(run).toHaveBeenCalledTimes(1);
    expect(onRetry).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(onRetry).toHaveBeenCalledTimes(1);
  });
});

describe('a change', () => {
  it('is only what differs, as numbers where they are', () => {
    const before = valuesOf(job({ comment: 'first', nice: 0 }), trans);
    expect(changesOf(before, before)).toEqual({});
    expect(changesOf(before, { ...before, comment: '', nice: '10', time_limit: ' 5 ' })).toEqual({
      comment: '',
      nice: 10,
      time_limit: '5'
    });
  });
});
