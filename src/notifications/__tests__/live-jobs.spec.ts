import { settled, StubServer } from '../../__tests__/stub-server';
import { LiveJobs } from '../live-jobs';

const MINUTE = 60_000;

describe('LiveJobs', () => {
  let stub: StubServer;
  let liveJobs: LiveJobs;

  beforeEach(() => {
    jest.useFakeTimers();
    stub = new StubServer();
    liveJobs = new LiveJobs({ server: stub.server, standby: 'never' });
  });

  afterEach(() => {
    liveJobs.dispose();
    jest.useRealTimers();
  });

  async function pass(milliseconds: number): Promise<void> {
    await settled();
    jest.advanceTimersByTime(milliseconds);
    await settled();
  }

  const live = (total: number) => stub.last.respond({ jobs: [], total, stale: false });

  it('requests nothing until a cluster is used, or while it is disabled', async () => {
    liveJobs.enabled = true;
    await pass(5 * MINUTE);
    liveJobs.enabled = false;
    liveJobs.watch('maxwell');
    await pass(5 * MINUTE);
    expect(stub.requests).toHaveLength(0);
  });

  it('reads one row a minute while jobs are live, then stops', async () => {
    liveJobs.enabled = true;
    liveJobs.watch('maxwell');
    await pass(MINUTE - 1000);
    expect(stub.requests).toHaveLength(0);
    await pass(2000);
    expect(stub.last.path).toBe('clusters/maxwell/jobs');
    expect(stub.last.query).toMatchObject({ scope: 'mine', limit: 1 });
    await live(2);
    await pass(MINUTE + 1000);
    expect(stub.requests).toHaveLength(2);
    await live(0);
    await pass(10 * MINUTE);
    expect(stub.requests).toHaveLength(2);
  });

  it('reads at once after a submission, even if it had stopped', async () => {
    liveJobs.enabled = true;
    liveJobs.checkNow('maxwell');
    await pass(1);
    expect(stub.requests).toHaveLength(1);
    await live(0);
    await pass(10 * MINUTE);
    liveJobs.checkNow('maxwell');
    await pass(1);
    expect(stub.requests).toHaveLength(2);
  });

  it('continues when the response is stale', async () => {
    liveJobs.enabled = true;
    liveJobs.checkNow('maxwell');
    await pass(1);
    await stub.last.respond({ jobs: [], total: 0, stale: true });
    await pass(MINUTE + 1000);
    expect(stub.requests).toHaveLength(2);
  });
});
