import type { Event } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { aJob } from '../../__tests__/jobs';
import { aPage, settled, StubServer } from '../../__tests__/stub-server';
import { ClustersModel } from '../clusters';
import { PanelModel } from '../model';

describe('PanelModel', () => {
  let stub: StubServer;
  let clusters: ClustersModel;
  let model: PanelModel;
  let events: Signal<object, Event.Emission>;

  beforeEach(() => {
    jest.useFakeTimers();
    stub = new StubServer();
    clusters = new ClustersModel({ server: stub.server, standby: 'never' });
    events = new Signal<object, Event.Emission>({});
    model = new PanelModel({ clusters, events });
  });

  afterEach(() => {
    model.dispose();
    clusters.dispose();
    jest.useRealTimers();
  });

  async function load(...names: string[]): Promise<void> {
    void clusters.load();
    await settled();
    await stub.last.respond({ clusters: names.map(name => ({ name })) });
  }

  it('shows the first cluster, and another when it is selected', async () => {
    await load('maxwell', 'solaris');
    expect(model.queue.cluster).toBe('maxwell');
    clusters.select('solaris');
    expect(model.queues.all.cluster).toBe('solaris');
    expect(model.nodes.cluster).toBe('solaris');
    clusters.select('no-such-cluster');
    expect(clusters.current).toBe('solaris');
  });

  it.each([
    ['solaris', 'solaris'],
    ['a-cluster-of-old', 'maxwell'],
    [null, 'maxwell']
  ])('begins, with %s remembered, at %s', async (remembered, expected) => {
    const save = jest.fn();
    const store = { load: () => Promise.resolve(remembered), save };
    const model = new ClustersModel({ server: stub.server, standby: 'never', store });
    void model.load();
    await settled();
    await stub.last.respond({ clusters: [{ name: 'maxwell' }, { name: 'solaris' }] });
    expect(model.current).toBe(expected);
    expect(save).not.toHaveBeenCalled();
    const other = expected === 'solaris' ? 'maxwell' : 'solaris';
    model.select(other);
    expect(save).toHaveBeenCalledWith(other);
    model.dispose();
  });

  it('requests the clusters only once at a time', async () => {
    void clusters.load();
    void clusters.load();
    await settled();
    expect(stub.requests).toHaveLength(1);
    await stub.last.respond({ clusters: [{ name: 'maxwell' }] });
    await clusters.load();
    expect(stub.requests).toHaveLength(1);
  });

  it('can retry after a failure', async () => {
    void clusters.load();
    await settled();
    await stub.last.refuse('no');
    expect(clusters.error?.message).toBe('no');
    await load('maxwell');
    expect(clusters.error).toBeNull();
    expect(clusters.current).toBe('maxwell');
  });

  it('refreshes the visible lists, and only them, after a change of the queue', async () => {
    await load('maxwell');
    model.queues.mine.poller.active = true;
    await settled();
    await stub.last.respond(aPage([aJob(1)]));
    const requests = stub.requests.length;
    clusters.emitJobsChanged('solaris');
    await settled();
    expect(stub.requests).toHaveLength(requests);
    clusters.emitJobsChanged('maxwell');
    await settled();
    expect(stub.requests.slice(requests).map(({ query }) => query.scope)).toEqual(['mine']);
  });

  it('reads a list again when the server announces something newer in it', async () => {
    await load('maxwell');
    model.queues.mine.poller.active = true;
    await settled();
    await stub.last.respond(aPage([aJob(1)]), 1000);
    const requests = stub.requests.length;
    const announce = async (change: object) => {
      const schema_id = 'https://schema.example/queue_changed/v1';
      events.emit({ schema_id, cluster: 'maxwell', scope: 'mine', as_of: 1001, ...change });
      await settled();
    };
    await announce({ as_of: 1000 });
    await announce({ cluster: 'solaris' });
    await announce({ scope: 'all' });
    await announce({ schema_id: 'https://schema.example/other/v1' });
    expect(stub.requests).toHaveLength(requests);
    await announce({});
    expect(stub.requests).toHaveLength(requests + 1);
    expect(stub.last.query.scope).toBe('mine');
  });

  it('announces a change of the selection, not every refresh', async () => {
    await load('maxwell');
    let changes = 0;
    model.selectionChanged.connect(() => {
      changes += 1;
    });
    model.queue.select(selection => selection.only(aJob(1)));
    model.queue.poller.active = true;
    await settled();
    await stub.last.respond(aPage([aJob(1)]));
    expect(changes).toBe(1);
    model.setCurrentList('all');
    expect(changes).toBe(2);
    expect(model.queue.query.scope).toBe('all');
  });
});
