import { aJob } from '../../__tests__/jobs';
import { settled, StubServer } from '../../__tests__/stub-server';
import { PAGE_SIZE } from '../../table/pages';
import { createHistoryModel, type HistoryModel } from '../model';

const DAY = 86_400;

const ended = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => aJob(first - index, { state: 'COMPLETED' }));

const page = (jobs: object[], total = jobs.length) => ({ jobs, total, stale: false, note: '' });

describe('HistoryModel', () => {
  let stub: StubServer;
  let model: HistoryModel;

  beforeEach(async () => {
    jest.useFakeTimers();
    jest.setSystemTime(1_790_000_010_000);
    stub = new StubServer();
    model = createHistoryModel({ server: stub.server, standby: 'never' });
    model.cluster = 'maxwell';
    await settled();
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  async function open(jobs = ended(3, 3), total = jobs.length): Promise<void> {
    model.poller.active = true;
    await settled();
    await stub.last.respond(page(jobs, total));
  }

  it('requests nothing until the list is shown', () => {
    expect(stub.requests).toHaveLength(0);
  });

  it('shows my jobs that ended within a week, the newest first', async () => {
    await open();
    expect(stub.last.path).toBe('clusters/maxwell/history');
    const { query } = stub.last;
    expect(query).toMatchObject({ scope: 'mine', sort: '-end_time', offset: 0 });
    expect(Number(query.end_time) - Number(query.start_time)).toBe(7 * DAY);
    expect(Number(query.end_time) % 60).toBe(0);
    expect(Number(query.end_time)).toBeGreaterThan(1_790_000_010);
    expect(String(query.state).split(',')).toEqual(
      expect.arrayContaining(['COMPLETED', 'TIMEOUT'])
    );
    expect(String(query.state)).not.toMatch(/PENDING|RUNNING/);
    expect(model.known.map(({ id }) => id)).toEqual(['3', '2', '1']);
  });

  it('keeps the rows until those of another query arrive, then starts at the top', async () => {
    await open();
    model.select(selection => selection.only(model.known[0]));
    model.setQuery({ outcome: 'bad', scope: 'all', days: 30 });
    await settled();
    expect(model.total).toBe(3);
    const { query } = stub.last;
    expect(query.scope).toBe('all');
    expect(query.state).not.toMatch('COMPLETED');
    expect(Number(query.end_time) - Number(query.start_time)).toBe(30 * DAY);
    await stub.last.respond(page([aJob(9, { state: 'FAILED' })]));
    expect(model.known.map(({ id }) => id)).toEqual(['9']);
    expect(model.selection.size).toBe(0);
  });

  it('does not repeat a request for the same query', async () => {
    await open();
    model.setQuery({ search: '' });
    await settled();
    expect(stub.requests).toHaveLength(1);
  });

  it('reads what comes into sight, as a part of the same list', async () => {
    await open(ended(1000, PAGE_SIZE), 1000);
    const first = stub.last.query;
    jest.setSystemTime(1_790_000_130_000);
    model.setRange(PAGE_SIZE + 5, PAGE_SIZE + 20);
    await settled();
    expect(stub.last.query.offset).toBe(PAGE_SIZE);
    expect(stub.last.query.end_time).toBe(first.end_time);
    await stub.last.respond(page(ended(1000 - PAGE_SIZE, PAGE_SIZE), 1000));
    expect(model.job(PAGE_SIZE)?.id).toBe(String(1000 - PAGE_SIZE));
  });

  it('distinguishes an empty time range from a filter without matches', async () => {
    await open([]);
    expect(model.filtered).toBe(false);
    model.setQuery({ search: 'x' });
    expect(model.filtered).toBe(true);
    model.clearFilters();
    expect(model.query).toMatchObject({ search: '', outcome: 'any', days: 7 });
  });

  it('keeps what it has when accounting goes down', async () => {
    await open();
    void model.poller.refresh();
    await settled();
    await stub.last.refuse('slurmdbd is down.');
    expect(model.poller.stale).toBe(true);
    expect(model.poller.error?.message).toBe('slurmdbd is down.');
    expect(model.total).toBe(3);
  });

  it('forgets all when another cluster is chosen', async () => {
    await open();
    model.cluster = 'solaris';
    expect(model.total).toBe(0);
    expect(model.poller.asOf).toBeNull();
  });
});
