import { Sanitizer } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { aJob, job } from '../../__tests__/jobs';
import { ApiError } from '../../api/request';
import type { IJob, IJobSummary } from '../../api/types';
import { InlineError } from '../../components/notice';
import { RemedyContext } from '../../components/remedy';
import { JobBanner } from '../banner';
import { CopyAs } from '../copy-as';
import { changesOf, valuesOf } from '../change-dialog';
import { JobEfficiency } from '../efficiency';
import { JobHeader } from '../header';
import { JobOutputModel } from '../output-model';
import { JobOverview } from '../overview';
import { lessFor, moreFor } from '../resubmit';
import { JobTimeline, spansOf } from '../timeline';

const trans = nullTranslator.load('jupyter_slurm_rest');

function actions() {
  return {
    openJob: jest.fn(),
    showOutput: jest.fn(),
    release: jest.fn(),
    copy: jest.fn(),
    submitAgain: jest.fn()
  };
}

function renderBanner(
  changes: Partial<IJob>,
  { text = '', user = 'alice', now = 100 }: { text?: string; user?: string; now?: number } = {}
) {
  const does = actions();
  const output = new JobOutputModel({ api: { output: jest.fn() }, name: 'test' });
  output.text.append(text);
  render(
    <JobBanner
      job={job(changes)}
      now={now}
      user={user}
      output={output}
      sanitizer={new Sanitizer()}
      actions={does}
      trans={trans}
    />
  );
  return does;
}

describe('JobHeader', () => {
  const header = (changes: Partial<IJob>, now = 100, parts: IJobSummary[] = []) =>
    render(
      <JobHeader job={job(changes)} now={now} parts={parts} actions={actions()} trans={trans} />
    );

  it('shows the signal that ended a job', () => {
    header({ state: 'FAILED', exit_code: { code: 0, signal: 9, signal_name: 'SIGKILL' } });
    expect(screen.getByText('ended by signal SIGKILL')).toBeTruthy();
  });

  it('says how long ago a job ended and how long it ran, also ahead of our clock', () => {
    header({ state: 'COMPLETED', end_time: 103, elapsed: 90, running_since: null });
    expect(screen.getByText('just now')).toBeTruthy();
    expect(screen.getByText('ran for 00:01:30')).toBeTruthy();
    expect(screen.getByText('on cpu1')).toBeTruthy();
  });

  it('says which part of a heterogeneous job it is, with links to the others', () => {
    const part = (offset: number) => ({ id: `7+${offset}`, het_job_id: 7, het_offset: offset });
    header(part(1), 100, [aJob(7, part(0)), aJob(8, part(1))]);
    expect(screen.getByText(/^component 2 of 2/)).toBeTruthy();
    expect(screen.getByRole('button', { name: '7+0' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: '7+1' })).toBeNull();
  });

  it('shows how much of its time a running job has used', () => {
    header({ state: 'RUNNING', running_since: 40, end_time: 640, time_limit: 10 });
    expect(screen.getByText('for 00:01:00 of 00:10:00')).toBeTruthy();
    expect(screen.getByText('ends in 9 minutes at the latest')).toBeTruthy();
  });
});

describe('JobBanner', () => {
  const why = { code: 'Priority', text: 'Others go first.', advice: 'Ask for less.' };

  it('shows why a job is pending, what to do, and when it starts at the latest', () => {
    renderBanner({ state: 'PENDING', reason: 'Priority', why, estimated_start: 700 });
    expect(screen.getByText('Others go first.')).toBeTruthy();
    expect(screen.getByText('Ask for less.')).toBeTruthy();
    expect(
      screen.getByText(/^Expected to start by .* at the latest \(in 10 minutes\)/)
    ).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('releases a job that the user holds', async () => {
    const held = {
      state: 'PENDING',
      reason: 'JobHeldUser',
      held_by: 'user' as const,
      why: { code: 'JobHeldUser', text: 'The job is held by its owner.', advice: '' },
      estimated_start: 700
    };
    const does = renderBanner(held);
    expect(screen.getByText(/^You hold this job/)).toBeTruthy();
    expect(screen.queryByText(/Expected/)).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Release' }));
    expect(does.release).toHaveBeenCalledTimes(1);
    cleanup();
    renderBanner(held, { user: 'bob' });
    expect(screen.getByText('The job is held by its owner.')).toBeTruthy();
  });

  it('opens the jobs that a job waits for', async () => {
    const does = renderBanner({
      state: 'PENDING',
      reason: 'Dependency',
      why,
      dependency: 'afterok:41(unfulfilled),afterany:42_3+5(unfulfilled)'
    });
    await userEvent.click(screen.getByRole('button', { name: 'Open job 42_3' }));
    expect(does.openJob).toHaveBeenCalledWith('42_3');
    expect(screen.getByRole('button', { name: 'Open job 41' })).toBeTruthy();
  });

  it('gives a begin time as what was asked for, not after a requeue', () => {
    const waiting = { state: 'PENDING', reason: 'BeginTime', why, eligible_time: 3700 };
    renderBanner(waiting);
    expect(screen.getByText(/or later \(in 1 hour\), as you asked\.$/)).toBeTruthy();
    cleanup();
    renderBanner({ ...waiting, restarts: 1 });
    expect(screen.getByText(/^It can start again at/)).toBeTruthy();
  });

  it('shows why a job failed, the end of its output, and what to do', async () => {
    const does = renderBanner(
      {
        state: 'TIMEOUT',
        why: { code: 'TimeLimit', text: 'The job reached its time limit.', advice: 'Use more.' }
      },
      { text: Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join('') }
    );
    expect(screen.getByText('The job reached its time limit.')).toBeTruthy();
    const tail = screen.getByRole('group', { name: 'Last lines of the output' });
    await waitFor(() => expect(tail.textContent).toContain('line 29'));
    expect(tail.textContent).not.toContain('line 2\n');
    await userEvent.click(screen.getByRole('button', { name: 'Show output' }));
    expect(does.showOutput).toHaveBeenCalledTimes(1);
    await userEvent.click(
      screen.getByRole('button', { name: 'Submit again with a time limit of 00:20:00…' })
    );
    expect(does.submitAgain).toHaveBeenCalledWith({ time: '00:20:00' });
    await userEvent.click(screen.getByRole('button', { name: 'Submit again…' }));
    expect(does.submitAgain).toHaveBeenLastCalledWith({});
  });

  it.each([
    ['FAILED', { code: 3, signal: 0, signal_name: '' }, 'Failed: exit code 3.'],
    ['FAILED', { code: 0, signal: 53, signal_name: '' }, 'Failed: exit code 0:53.'],
    ['NODE_FAIL', null, 'Node failure.'],
    ['OUT_OF_MEMORY', null, 'Out of memory.']
  ])('has words for %s without an explanation', (state, exit_code, words) => {
    renderBanner({ state, exit_code, why: null });
    expect(screen.getByText(words)).toBeTruthy();
  });

  it('offers a job without memory twice as much per node', () => {
    const memory = { cpus: 2, memory: 4096, nodes: 2, gpus: 0, gpu_types: {}, other: {} };
    expect(
      moreFor(job({ state: 'OUT_OF_MEMORY', allocated: memory, node_count: 2 }), trans)
    ).toEqual({
      options: { mem: '4096M' },
      label: '4 GiB of memory per node'
    });
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
        onSubmitAgain={jest.fn()}
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
        onSubmitAgain={jest.fn()}
      />
    );
    expect(screen.getByText('150 %')).toBeTruthy();
    expect(screen.getByText('1.5 GiB of 1 GiB (peak)')).toBeTruthy();
    expect(screen.queryByRole('meter', { name: 'CPU' })).toBeNull();
  });
});

describe('JobTimeline', () => {
  const spans = (changes: Partial<IJob>, now: number) =>
    spansOf(job(changes), now, trans).map(({ kind, length }) => [kind, length]);

  it('shows how long a job waited and ran', () => {
    const times = { submit_time: 100, eligible_time: 100, start_time: 160, end_time: 460 };
    render(<JobTimeline job={job({ state: 'COMPLETED', ...times })} now={500} trans={trans} />);
    const [waited, ran, ended] = screen.getAllByRole('listitem');
    expect(waited.textContent).toMatch(/^Submitted .*Waited 00:01:00$/);
    expect(ran.textContent).toMatch(/^Started .*Ran 00:05:00$/);
    expect(ended.textContent).toMatch(/^Ended /);
  });

  it('has the time left of a running job, and the time that a job was not eligible', () => {
    const times = { submit_time: 100, eligible_time: 130, start_time: 160 };
    expect(spans({ state: 'RUNNING', ...times, end_time: 760 }, 260)).toEqual([
      ['ineligible', 30],
      ['waiting', 30],
      ['running', 100],
      ['left', 500]
    ]);
    // Its begin time is ahead.
    const pending = { state: 'PENDING', submit_time: 100, eligible_time: 900, start_time: null };
    expect(spans({ ...pending, nodes: '' }, 200)).toEqual([['ineligible', 100]]);
    // It was canceled while it waited.
    const canceled = { ...pending, state: 'CANCELLED', eligible_time: 100, end_time: 150 };
    expect(spans({ ...canceled, nodes: '' }, 200)).toEqual([['waiting', 50]]);
  });
});

describe('what a job needed', () => {
  const used = {
    ...{ cpu: null, gpu: null, time: null, cpu_used: null, cpu_allocated: null },
    memory: 0.05,
    memory_used: 400,
    memory_allocated: 8192
  };

  it('is offered for the next run, with some reserve', async () => {
    const onSubmitAgain = jest.fn();
    render(
      <JobEfficiency
        job={job({ state: 'COMPLETED', elapsed: 600, time_limit: 60, efficiency: used })}
        onSubmitAgain={onSubmitAgain}
        trans={trans}
      />
    );
    await userEvent.click(screen.getByRole('button', { name: /^Submit again with/ }));
    expect(onSubmitAgain).toHaveBeenCalledWith({ time: '00:13:00', mem: '500M' });
  });

  it('is not offered for a job that failed or used what it requested', () => {
    const efficiency = { ...used, memory_used: 8000 };
    expect(lessFor(job({ state: 'FAILED', elapsed: 60, efficiency: used }), trans)).toBeNull();
    expect(
      lessFor(job({ state: 'COMPLETED', elapsed: 550, time_limit: 10, efficiency }), trans)
    ).toBeNull();
  });
});

describe('CopyAs', () => {
  it('copies code that names the job, and no token', async () => {
    const onCopy = jest.fn();
    const place = { cluster: 'maxwell', apiVersion: 'v0.0.43' };
    const one = job({ submit_line: 'sbatch --time=5 train.sh' });
    render(<CopyAs job={one} place={place} onCopy={onCopy} trans={trans} />);
    for (const button of screen.getAllByRole('button')) {
      await userEvent.click(button);
    }
    expect(onCopy.mock.calls.map(([text]) => text as string)).toEqual([
      'sbatch --time=5 train.sh',
      'curl -H "X-SLURM-USER-NAME: $USER" -H "X-SLURM-USER-TOKEN: $SLURM_JWT" ' +
        '"$SLURMRESTD_URL/slurm/v0.0.43/job/123"',
      'from jupyter_slurm_rest import Slurm\n\njob = Slurm("maxwell").job("123")\njob',
      '%slurm job --cluster maxwell 123'
    ]);
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
