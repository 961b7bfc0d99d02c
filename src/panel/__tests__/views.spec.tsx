import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import React from 'react';

import { aJob } from '../../__tests__/jobs';
import { aPage, settled, StubServer } from '../../__tests__/stub-server';
import { createQueueModel, type QueueModel } from '../../jobs/model';
import { JobsView } from '../../jobs/view';
import { NodesModel } from '../../nodes/model';
import { NodesView } from '../../nodes/view';
import { ColumnChoice } from '../../table/column-choice';

const trans = nullTranslator.load('jupyter_slurm_rest');

/** jsdom lays nothing out: every element is as large as a narrow panel. */
function laidOut(width: number): void {
  for (const [name, value] of [
    ['offsetWidth', width],
    ['clientWidth', width],
    ['offsetHeight', 600],
    ['clientHeight', 600]
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, value });
  }
  globalThis.ResizeObserver = class {
    observe(): void {
      // Nothing changes its size here.
    }
    unobserve(): void {
      // As above.
    }
    disconnect(): void {
      // As above.
    }
  };
}

describe('JobsView', () => {
  let stub: StubServer;
  let model: QueueModel;
  let columns: ColumnChoice;
  const open = jest.fn();
  const cancel = jest.fn();
  const submit = jest.fn();

  beforeEach(() => {
    jest.useFakeTimers();
    jest.clearAllMocks();
    laidOut(260);
    stub = new StubServer();
    columns = new ColumnChoice();
    model = createQueueModel({ server: stub.server, scope: 'mine', standby: 'never' });
    model.cluster = 'maxwell';
    model.poller.active = true;
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  async function show(jobs = [aJob(3), aJob(2), aJob(1)], change: object = {}): Promise<void> {
    render(
      <JobsView
        model={model}
        columns={columns}
        trans={trans}
        open={open}
        cancel={cancel}
        submit={submit}
        canSubmit={() => true}
      />
    );
    await act(async () => {
      await settled();
      await stub.last.respond(aPage(jobs, change));
    });
  }

  it('waits, then lists the jobs', async () => {
    render(
      <JobsView
        model={model}
        columns={columns}
        trans={trans}
        open={open}
        cancel={cancel}
        submit={submit}
        canSubmit={() => true}
      />
    );
    expect(screen.getByText('Loading the queue…')).toBeTruthy();
    await act(async () => {
      await settled();
      await stub.last.respond(aPage([aJob(7, { name: 'seven' })]));
    });
    expect(screen.getByRole('grid', { name: 'My jobs' })).toBeTruthy();
    expect(screen.getByText('seven')).toBeTruthy();
    expect(screen.getByText('Pending')).toBeTruthy();
  });

  it('offers to submit when there is nothing', async () => {
    await show([]);
    fireEvent.click(screen.getByText('Submit a job'));
    expect(submit).toHaveBeenCalledTimes(1);
  });

  it('shows what is wrong, and retries on request', async () => {
    render(
      <JobsView
        model={model}
        columns={columns}
        trans={trans}
        open={open}
        cancel={cancel}
        submit={submit}
        canSubmit={() => true}
      />
    );
    await act(async () => {
      await settled();
      await stub.last.refuse('slurmrestd does not answer');
    });
    expect(screen.getByRole('alert').textContent).toContain('slurmrestd does not answer');
    const requests = stub.requests.length;
    await act(async () => {
      fireEvent.click(screen.getByText('Retry'));
      await settled();
    });
    expect(stub.requests).toHaveLength(requests + 1);
  });

  it('moves, selects, opens and cancels by keyboard', async () => {
    await show();
    const grid = screen.getByRole('grid');
    const press = (key: string, more: object = {}) => fireEvent.keyDown(grid, { key, ...more });
    const selected = () => model.selection.jobs.map(job => job.id).sort();
    press('ArrowDown');
    expect(selected()).toEqual(['3']);
    press('ArrowDown', { shiftKey: true });
    expect(selected()).toEqual(['2', '3']);
    press('End');
    expect(selected()).toEqual(['1']);
    press('Enter');
    expect(open).toHaveBeenCalledWith([expect.objectContaining({ id: '1' })]);
    press('Delete');
    expect(cancel).toHaveBeenCalledTimes(1);
    press('Escape');
    expect(selected()).toEqual([]);
    press('a', { ctrlKey: true });
    expect(selected()).toEqual(['1', '2', '3']);
  });

  it('requests the jobs sorted by the heading that is clicked', async () => {
    await show();
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'State' }));
      await settled();
    });
    expect(stub.last.query.sort).toBe('state');
    await act(async () => {
      await stub.last.respond(aPage([aJob(1)]));
      fireEvent.click(screen.getByRole('button', { name: 'State' }));
      await settled();
    });
    expect(stub.last.query.sort).toBe('-state');
    await act(async () => {
      await stub.last.respond(aPage([aJob(1)]));
      fireEvent.click(screen.getByRole('button', { name: 'State' }));
      await settled();
    });
    expect(stub.last.query.sort).toBe('-job_id');
  });

  it('waits for a pause before it searches', async () => {
    await show();
    const requests = stub.requests.length;
    fireEvent.change(screen.getByRole('combobox'), { target: { value: 'tr' } });
    fireEvent.change(screen.getByRole('combobox'), { target: { value: 'train' } });
    expect(stub.requests).toHaveLength(requests);
    await act(async () => {
      jest.advanceTimersByTime(300);
      await settled();
    });
    expect(stub.requests).toHaveLength(requests + 1);
    expect(stub.last.query.search).toBe('train');
  });

  it('asks the server for the filters that are written into the search', async () => {
    await show();
    const field = screen.getByRole('combobox', { name: 'Filter jobs' });
    fireEvent.change(field, { target: { value: 'state:pending partition:gpu train' } });
    await act(async () => {
      fireEvent.keyDown(field, { key: 'Enter' });
      await settled();
    });
    expect(stub.last.query).toMatchObject({
      state: 'pending',
      partition: 'gpu',
      search: 'train'
    });
  });

  it('counts the time of a running job on between two readings', async () => {
    const running = Math.floor(Date.now() / 1000) - 60;
    await show([aJob(1, { state: 'RUNNING', running_since: running, time_limit: 10 })], {
      as_of: Date.now() / 1000
    });
    const before = screen.getByTitle(/left$/).textContent;
    act(() => jest.advanceTimersByTime(10_000));
    expect(screen.getByTitle(/left$/).textContent).not.toBe(before);
  });

  it('marks a row whose state changed, and no row that came into view', async () => {
    await show([aJob(2), aJob(1)]);
    expect(document.querySelector('[class*="jp-mod-changed"]')).toBeNull();
    await act(async () => {
      void model.poller.refresh();
      await settled();
      await stub.last.respond(aPage([aJob(3), aJob(2, { state: 'RUNNING' }), aJob(1)]));
    });
    const marked = [...document.querySelectorAll<HTMLElement>('[class*="jp-mod-changed"]')];
    expect(marked.map(row => row.dataset.row)).toEqual(['2']);
  });

  it('shows what Slurm calls a job as text, whatever it holds', async () => {
    await show([aJob(1, { name: '<img src=x onerror=alert(1)>' })]);
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
  });

  it('hides a column from the menu of its heading, and shows it again', async () => {
    laidOut(1400);
    await show([aJob(1, { reason: '' })]);
    const headings = () =>
      screen.getAllByRole('columnheader').map(heading => heading.textContent?.trim());
    expect(headings()).toContain('QOS');
    // No job has a GPU.
    expect(headings()).not.toContain('GPUs');
    fireEvent.contextMenu(screen.getByRole('columnheader', { name: 'QOS' }));
    const names = screen.getAllByRole('menuitem').map(item => item.textContent);
    expect(names).toContain('Hide “QOS”');
    expect(screen.getByRole('menuitemcheckbox', { name: 'Partition' })).toBeTruthy();
    act(() => columns.show('qos', false));
    expect(headings()).not.toContain('QOS');
    act(() => columns.reset());
    expect(headings()).toContain('QOS');
  });

  it('says what the list does not show', async () => {
    await show([aJob(1)], { note: 'Only the ids are known.' });
    expect(screen.getByText('Only the ids are known.')).toBeTruthy();
  });
});

describe('NodesView', () => {
  it('says why a node takes no jobs', async () => {
    jest.useFakeTimers();
    laidOut(260);
    const stub = new StubServer();
    const model = new NodesModel({ server: stub.server, standby: 'never' });
    model.cluster = 'maxwell';
    model.poller.active = true;
    render(<NodesView model={model} trans={trans} />);
    const node = {
      name: 'gpu2',
      state: 'IDLE',
      sinfo_state: 'drained',
      flags: ['DRAIN'],
      usable: false,
      your_reservation: '',
      cpus_free: 0,
      memory_free: 0,
      gpus_free: 0,
      partitions: [],
      features: [],
      cpus: 8,
      cpus_used: 0,
      memory: 1024,
      memory_used: 0,
      gpus: 0,
      gpus_used: 0,
      gres: [],
      reason: 'bad fan',
      reason_user: 'root'
    };
    await act(async () => {
      await settled();
      await stub.last.respond({ nodes: [node], total: 1, stale: false, note: '' });
    });
    expect(screen.getByText('Drained')).toBeTruthy();
    expect(screen.getByText('bad fan').getAttribute('title')).toBe('bad fan [root]');
    model.dispose();
    jest.useRealTimers();
  });
});
