import { aJob } from '../../__tests__/jobs';
import { aPage, settled, StubServer } from '../../__tests__/stub-server';
import { PAGE_SIZE } from '../../table/pages';
import { createQueueModel, type QueueModel } from '../model';

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
const jobs = (from: number, count: number) => numbers(from, count).map(id => aJob(id));

describe('QueueModel', () => {
  let stub: StubServer;
  let model: QueueModel;

  beforeEach(() => {
    jest.useFakeTimers();
    stub = new StubServer();
    model = createQueueModel({
      server: stub.server,
      scope: 'mine',
      interval: 15,
      standby: 'never'
    });
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  async function open(total = 3): Promise<void> {
    model.cluster = 'maxwell';
    model.poller.active = true;
    await settled();
    await stub.last.respond(aPage(jobs(1, Math.min(total, PAGE_SIZE)), { total }));
  }

  it('requests nothing until the list is shown', async () => {
    model.cluster = 'maxwell';
    model.setQuery({ search: 'x' });
    await settled();
    jest.advanceTimersByTime(60_000);
    await settled();
    expect(stub.requests).toEqual([]);
  });

  it('requests a page of the user’s jobs at once', async () => {
    await open();
    expect(stub.requests).toHaveLength(1);
    expect(stub.last.path).toBe('clusters/maxwell/jobs');
    expect(stub.last.query).toMatchObject({
      scope: 'mine',
      sort: '-job_id',
      offset: 0,
      limit: PAGE_SIZE
    });
    expect(model.total).toBe(3);
    expect(model.job(0)?.name).toBe('job-1');
    expect(model.poller.stale).toBe(false);
  });

  it('repeats the request after the interval, until the list is hidden', async () => {
    await open();
    jest.advanceTimersByTime(15_000);
    await settled();
    expect(stub.requests).toHaveLength(2);
    await stub.last.respond(aPage(jobs(1, 3)));
    model.poller.active = false;
    await settled();
    jest.advanceTimersByTime(120_000);
    await settled();
    expect(stub.requests).toHaveLength(2);
  });

  it('does not let the interval go below the floor', async () => {
    model.poller.interval = 1;
    await open();
    jest.advanceTimersByTime(4_900);
    await settled();
    expect(stub.requests).toHaveLength(1);
    jest.advanceTimersByTime(200);
    await settled();
    expect(stub.requests).toHaveLength(2);
  });

  it('keeps the rows when a request fails, reports why, backs off, and recovers', async () => {
    await open();
    jest.advanceTimersByTime(15_000);
    await settled();
    await stub.last.refuse('slurmrestd does not answer');
    expect(model.total).toBe(3);
    expect(model.poller.stale).toBe(true);
    expect(model.poller.error?.message).toBe('slurmrestd does not answer');
    expect(model.poller.loading).toBe(false);
    const requests = stub.requests.length;
    jest.advanceTimersByTime(60_000);
    await settled();
    expect(stub.requests.length).toBeGreaterThan(requests);
    await stub.last.respond(aPage(jobs(1, 2)));
    expect(model.poller.error).toBeNull();
    expect(model.poller.stale).toBe(false);
    expect(model.total).toBe(2);
  });

  it('reports stale data', async () => {
    await open();
    void model.poller.refresh();
    await settled();
    await stub.last.respond(aPage(jobs(1, 3), { stale: true, note: 'from memory' }), 1000);
    expect(model.poller.stale).toBe(true);
    expect(model.note).toBe('from memory');
    expect(model.poller.asOf).toBe(1000);
  });

  it('ignores a response for a query that has changed meanwhile', async () => {
    await open();
    model.setQuery({ search: 'old' });
    await settled();
    const old = stub.last;
    model.setQuery({ search: 'new' });
    await settled();
    expect(stub.last.query.search).toBe('new');
    await stub.last.respond(aPage([aJob(9, { name: 'new' })]));
    await old.respond(aPage([aJob(8, { name: 'old' })]));
    expect(model.job(0)?.name).toBe('new');
    expect(model.total).toBe(1);
  });

  it('keeps the old rows until those of another query arrive', async () => {
    await open();
    model.setQuery({ states: ['FAILED'] });
    await settled();
    expect(stub.last.query.state).toBe('FAILED');
    expect(model.job(0)?.name).toBe('job-1');
    await stub.last.respond(aPage([]));
    expect(model.total).toBe(0);
    expect(model.job(0)).toBeNull();
  });

  it('never shows the jobs of one cluster as those of another', async () => {
    await open();
    model.select(selection => selection.only(aJob(1)));
    model.cluster = 'solaris';
    expect(model.total).toBe(0);
    expect(model.poller.asOf).toBeNull();
    expect(model.selection.size).toBe(0);
    await settled();
    expect(stub.last.path).toBe('clusters/solaris/jobs');
  });

  it('reads only the pages in view of a long queue', async () => {
    await open(100_000);
    model.setRange(0, 30);
    await settled();
    expect(stub.requests).toHaveLength(1);
    model.setRange(50_000, 50_030);
    await settled();
    expect(stub.requests).toHaveLength(2);
    expect(stub.last.query.offset).toBe(50_000);
    expect(model.job(50_010)).toBeNull();
    await stub.last.respond(aPage(jobs(50_001, PAGE_SIZE), { total: 100_000 }));
    expect(model.job(50_010)?.id).toBe('50011');
    jest.advanceTimersByTime(15_000);
    await settled();
    expect(stub.requests).toHaveLength(3);
    expect(stub.last.query.offset).toBe(50_000);
  });

  it('handles a queue that became shorter than the view', async () => {
    await open(1000);
    model.setRange(900, 930);
    await settled();
    await stub.last.respond(aPage([], { total: 10 }));
    expect(model.total).toBe(10);
    expect(model.poller.loading).toBe(false);
    expect(stub.requests).toHaveLength(2);
    jest.advanceTimersByTime(15_000);
    await settled();
    expect(stub.last.query.offset).toBe(0);
  });

  it('requests only the changes, and applies them', async () => {
    await open(0);
    void model.poller.refresh();
    await settled();
    expect(stub.last.query.since).toBe('');
    await stub.last.respond(aPage(jobs(1, 3), { version: 'v1' }));
    void model.poller.refresh();
    await settled();
    expect(stub.last.query.since).toBe('v1');
    const delta = { since: 'v1', removed: ['2'], at: [0, 2] };
    const changed = [aJob(9), aJob(3, { state: 'RUNNING' })];
    await stub.last.respond(aPage(changed, { version: 'v2', total: 3, delta }));
    expect(model.known.map(({ id, state }) => [id, state])).toEqual([
      ['3', 'RUNNING'],
      ['9', 'PENDING'],
      ['1', 'PENDING']
    ]);
    model.setQuery({ search: 'other' });
    await settled();
    expect(stub.last.query.since).toBeUndefined();
  });

  it('keeps the selection over a refresh, without jobs that are gone', async () => {
    await open();
    model.select(selection => {
      selection.only(aJob(1));
      selection.toggle(aJob(3));
    });
    void model.poller.refresh();
    await settled();
    await stub.last.respond(aPage([aJob(1, { state: 'RUNNING' }), aJob(2)]));
    expect(model.selection.jobs.map(job => [job.id, job.state])).toEqual([['1', 'RUNNING']]);
  });

  it('keeps a selected job that a filter hides', async () => {
    await open();
    model.select(selection => selection.only(aJob(1)));
    model.setQuery({ search: 'job-2' });
    await settled();
    await stub.last.respond(aPage([aJob(2)]));
    expect(model.selection.has('1')).toBe(true);
  });

  it('counts its changes, and is silent after it was disposed of', async () => {
    model.cluster = 'maxwell';
    model.poller.active = true;
    await settled();
    const pending = stub.last;
    model.dispose();
    const { revision } = model.poller;
    await pending.respond(aPage(jobs(1, 3)));
    expect(model.poller.revision).toBe(revision);
    expect(model.total).toBe(0);
  });
});
