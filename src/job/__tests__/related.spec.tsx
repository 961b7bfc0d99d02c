import { nullTranslator } from '@jupyterlab/translation';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { aJob, job } from '../../__tests__/jobs';
import { ApiError } from '../../api/request';
import type { IJob, IJobSummary } from '../../api/types';
import { ArrayGrid } from '../array-grid';
import { expandTasks, tasksOf } from '../array-tasks';
import { EarlierRuns } from '../earlier-runs';
import { RelatedModel } from '../related-model';

const trans = nullTranslator.load('jupyter_slurm_rest');

const task = (id: number, state: string) =>
  aJob(500 + id, { id: `55_${id}`, array_job_id: 55, array_task_id: id, state, elapsed: 10 });

const rest = (tasks: string) =>
  aJob(55, { id: `55_[${tasks}]`, array_job_id: 55, array_tasks: tasks, state: 'PENDING' });

describe('the tasks of an array', () => {
  it.each([
    ['5', [5]],
    ['1,3-5%2', [1, 3, 4, 5]],
    ['0-6:2%1', [0, 2, 4, 6]],
    ['1-3,7,...', [1, 2, 3, 7]],
    ['', []]
  ])('are read from Slurm’s notation %s', (notation, tasks) => {
    expect(expandTasks(notation)).toEqual(tasks);
  });

  it('are complete and in order; their own rows are right about them', () => {
    const tasks = tasksOf([task(4, 'RUNNING'), rest('3-5'), task(1, 'FAILED')]);
    expect(tasks.map(({ state, task: id }) => [id, state])).toEqual([
      [1, 'FAILED'],
      [3, 'PENDING'],
      [4, 'RUNNING'],
      [5, 'PENDING']
    ]);
  });

  it('are a grid with words, which opens them by mouse and by keyboard', async () => {
    const onOpen = jest.fn();
    const tasks = tasksOf([task(0, 'COMPLETED'), task(1, 'FAILED'), rest('2-3')]);
    render(<ArrayGrid tasks={tasks} arrayId={55} onOpen={onOpen} trans={trans} />);
    expect(screen.getByText('2 Pending')).toBeTruthy();
    expect(screen.getByText('1 Failed')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Task 1: Failed, 00:00:10' }));
    expect(onOpen).toHaveBeenLastCalledWith(tasks[1]);
    await userEvent.keyboard('{ArrowRight}{Enter}');
    expect(onOpen).toHaveBeenLastCalledWith(tasks[2]);
  });
});

describe('RelatedModel', () => {
  const begin = (one: IJob, lists: Record<string, IJobSummary[] | ApiError>) => {
    const queries: [string, Record<string, unknown>][] = [];
    const model = new RelatedModel({
      server: {
        get: ([, , list]: string[], query: Record<string, unknown>) => {
          queries.push([list, query]);
          const found = lists[list];
          return found instanceof ApiError
            ? Promise.reject(found)
            : Promise.resolve({ jobs: found });
        }
      } as never,
      cluster: 'maxwell',
      id: one.id,
      findJob: () => one,
      findUser: () => 'alice'
    });
    return { model, queries };
  };

  it('finds tasks in the queue and in accounting, without those of other arrays', async () => {
    const other = aJob(9, { id: '155_1', array_job_id: 155, array_task_id: 1 });
    const { model, queries } = begin(job({ id: '55_4', array_job_id: 55, array_task_id: 4 }), {
      jobs: [task(4, 'RUNNING'), other],
      history: [task(1, 'FAILED'), task(4, 'PENDING')]
    });
    await model.poller.load();
    expect(model.siblings.map(({ id, state }) => [id, state])).toEqual([
      ['55_1', 'FAILED'],
      ['55_4', 'RUNNING']
    ]);
    expect(queries.every(([, query]) => query.scope === 'mine')).toBe(true);
    model.dispose();
  });

  it('does without accounting', async () => {
    const missing = new ApiError(501, { message: 'None.', reason: 'accounting_missing' });
    const one = job({ id: '55_4', array_job_id: 55, array_task_id: 4 });
    const { model } = begin(one, { jobs: [task(4, 'RUNNING')], history: missing });
    await model.poller.load();
    expect(model.poller.error).toBeNull();
    expect(model.siblings).toHaveLength(1);
    model.dispose();
  });

  it('finds other runs of the same name, also those of somebody else', async () => {
    const { model, queries } = begin(job({ user: 'bob' }), {
      history: [aJob(123, { name: 'train' }), aJob(120, { name: 'train' })]
    });
    await model.poller.load();
    expect(model.runs.map(({ id }) => id)).toEqual(['120']);
    expect(queries[0][1]).toMatchObject({ scope: 'all', user: 'bob', name: 'train' });
    model.dispose();
  });
});

describe('EarlierRuns', () => {
  it('shows how long they ran, and opens them', async () => {
    const onOpenJob = jest.fn();
    const runs = [aJob(120, { state: 'COMPLETED', elapsed: 90, end_time: 40 })];
    render(<EarlierRuns name="train" runs={runs} now={100} onOpenJob={onOpenJob} trans={trans} />);
    expect(screen.getByText('00:01:30')).toBeTruthy();
    expect(screen.getByText('1 minute ago')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: '120' }));
    expect(onOpenJob).toHaveBeenCalledWith('120');
  });
});
