import { settled } from '../../__tests__/stub-server';
import { type LoadReason, Poller } from '../poller';
import { ApiError } from '../request';

const SECOND = 1000;

/** A poller whose requests are resolved by the test. */
function begin(options: Partial<Poller.IOptions<string>> = {}) {
  const requests: {
    reason: LoadReason;
    resolve: (loaded: string | null) => Promise<void>;
    reject: (error: unknown) => Promise<void>;
  }[] = [];
  const applied: string[] = [];
  const poller = new Poller<string>({
    name: 'test',
    standby: 'never',
    load: reason =>
      new Promise((resolve, reject) => {
        requests.push({
          reason,
          resolve: loaded => (resolve(loaded), settled()),
          reject: error => (reject(error), settled())
        });
      }),
    apply: loaded => {
      applied.push(loaded);
      return { asOf: 100, serverAsOf: 103 };
    },
    ...options
  });
  return { applied, poller, requests };
}

async function pass(milliseconds: number): Promise<void> {
  jest.advanceTimersByTime(milliseconds);
  await settled();
}

describe('Poller', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('loads at once and after each interval while it is active', async () => {
    const { applied, poller, requests } = begin({ interval: 10 });
    await pass(60 * SECOND);
    expect(requests).toHaveLength(0);
    poller.active = true;
    await settled();
    expect(poller.loading).toBe(true);
    await requests[0].resolve('one');
    expect(applied).toEqual(['one']);
    expect([poller.loading, poller.asOf, poller.clockAhead]).toEqual([false, 100, 3]);
    await pass(10 * SECOND);
    expect(requests).toHaveLength(2);
    poller.active = false;
    await requests[1].resolve('two');
    await pass(60 * SECOND);
    expect(requests).toHaveLength(2);
    poller.dispose();
  });

  it('ignores a response that was superseded by a refresh or a reset', async () => {
    const { applied, poller, requests } = begin();
    poller.active = true;
    await settled();
    void poller.refresh();
    await settled();
    await requests[1].resolve('new');
    await requests[0].resolve('old');
    void poller.refresh();
    await settled();
    poller.reset();
    await requests[2].resolve('of another cluster');
    expect(applied).toEqual(['new']);
    expect(poller.asOf).toBeNull();
    poller.dispose();
  });

  it('reads on while there is more, and stops when there is nothing to read', async () => {
    let more = true;
    const { applied, poller, requests } = begin({ hasMore: () => more });
    poller.active = true;
    await settled();
    await requests[0].resolve('one');
    await requests[1].resolve('two');
    expect(requests.map(({ reason }) => reason)).toEqual(['refresh', 'more', 'more']);
    await requests[2].resolve(null);
    expect(applied).toEqual(['one', 'two']);
    expect(requests).toHaveLength(3);
    poller.loadMore();
    more = false;
    await requests[3].resolve('three');
    expect(requests[3].reason).toBe('more');
    poller.dispose();
  });

  it('converts whatever was thrown, and backs off', async () => {
    const { poller, requests } = begin({ interval: 10 });
    poller.active = true;
    await settled();
    await requests[0].reject(new TypeError('no such thing'));
    expect(poller.error).toBeInstanceOf(ApiError);
    expect(poller.error?.reason).toBe('internal');
    expect(poller.stale).toBe(false);
    poller.loadMore();
    await settled();
    expect(requests).toHaveLength(1);
    await pass(60 * SECOND);
    await requests[1].resolve('one');
    expect(poller.error).toBeNull();
    poller.dispose();
  });

  it('changes at once when the user refreshes, and tells what failed', async () => {
    const { poller, requests } = begin({ interval: 60 });
    poller.active = true;
    await settled();
    await requests[0].resolve('one');
    const changes: boolean[] = [];
    poller.changed.connect(() => changes.push(poller.loading));
    const refreshed = poller.refresh('manual');
    await settled();
    expect(changes).toEqual([true]);
    await requests[1].reject(new ApiError(502, { message: 'gone', reason: 'unreachable' }));
    await refreshed;
    expect(requests.map(({ reason }) => reason)).toEqual(['refresh', 'manual']);
    expect([poller.loading, poller.error?.message]).toEqual([false, 'gone']);
    await pass(300 * SECOND);
    expect(requests[2].reason).toBe('refresh');
  });

  it('pauses once the data is settled, until it is refreshed', async () => {
    const { applied, poller, requests } = begin({
      interval: 10,
      isSettled: error => error !== null || applied.length > 0
    });
    poller.active = true;
    await settled();
    await requests[0].resolve('final');
    await pass(60 * SECOND);
    expect(requests).toHaveLength(1);
    poller.active = false;
    poller.active = true;
    await settled();
    expect(requests).toHaveLength(1);
    void poller.refresh();
    await settled();
    expect(requests).toHaveLength(2);
    poller.dispose();
  });

  it('can wait for an interval before the first request', async () => {
    const { poller, requests } = begin({ interval: 10, delayed: true });
    poller.active = true;
    await settled();
    await pass(9 * SECOND);
    expect(requests).toHaveLength(0);
    await pass(2 * SECOND);
    expect(requests).toHaveLength(1);
    poller.dispose();
  });

  it('loads on request while it is not active', async () => {
    const { applied, poller, requests } = begin();
    await poller.refresh();
    expect(requests).toHaveLength(0);
    const loaded = poller.load();
    await settled();
    await requests[0].resolve('one');
    await loaded;
    expect(applied).toEqual(['one']);
    poller.dispose();
  });
});
