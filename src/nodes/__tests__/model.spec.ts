import { settled, StubServer } from '../../__tests__/stub-server';
import type { INode } from '../../api/types';
import { NodesModel } from '../model';

function aNode(name: string, change: Partial<INode> = {}): INode {
  return {
    name,
    state: 'IDLE',
    sinfo_state: 'idle',
    flags: [],
    your_reservation: '',
    usable: true,
    partitions: [],
    features: [],
    cpus: 8,
    cpus_used: 0,
    cpus_free: 8,
    memory: 1024,
    memory_used: 0,
    memory_free: 1024,
    gpus: 0,
    gpus_used: 0,
    gpus_free: 0,
    gres: [],
    reason: '',
    ...change
  } as INode;
}

describe('NodesModel', () => {
  let stub: StubServer;
  let model: NodesModel;

  beforeEach(async () => {
    jest.useFakeTimers();
    stub = new StubServer();
    model = new NodesModel({ server: stub.server, standby: 'never' });
    model.cluster = 'maxwell';
    model.poller.active = true;
    await settled();
    await stub.last.respond({
      nodes: [
        aNode('cpu10', { cpus_used: 2, cpus_free: 6, features: ['intel'] }),
        aNode('cpu9', { cpus_used: 8, cpus_free: 0, memory_free: 0 }),
        aNode('gpu1', {
          gpus: 4,
          gpus_used: 1,
          gpus_free: 3,
          gres: [{ name: 'gpu', type: 'a100', total: 4, used: 1 }]
        }),
        aNode('gpu2', {
          gpus: 4,
          usable: false,
          cpus_free: 0,
          memory_free: 0,
          state: 'DOWN',
          sinfo_state: 'down',
          reason: 'bad fan'
        })
      ],
      total: 4,
      stale: false,
      note: ''
    });
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  const names = () => model.shown.map(node => node.name);

  it('orders names as people count', () => {
    expect(names()).toEqual(['cpu9', 'cpu10', 'gpu1', 'gpu2']);
  });

  it('sorts by what is free for a job, nothing on a node that takes none', () => {
    model.setQuery({ sort: 'cpus', descending: true });
    expect(names()).toEqual(['gpu1', 'cpu10', 'cpu9', 'gpu2']);
    model.setQuery({ sort: 'gpus', descending: true });
    expect(names()[0]).toBe('gpu1');
  });

  it('finds by name, feature, GPU type and reason', () => {
    for (const [search, found] of [
      ['cpu', ['cpu9', 'cpu10']],
      ['INTEL', ['cpu10']],
      ['a100', ['gpu1']],
      ['gpu fan', ['gpu2']],
      ['nothing', []]
    ] as const) {
      model.setQuery({ search });
      expect(names()).toEqual(found);
    }
  });

  it('adds up what is free where jobs can start', () => {
    expect(model.free).toEqual({
      nodes: 3,
      cpus: 14,
      cpusTotal: 24,
      memory: 2048,
      memoryTotal: 3072,
      gpus: 3,
      gpusTotal: 4
    });
  });

  it('forgets the nodes of another cluster', () => {
    model.cluster = 'solaris';
    expect(model.nodes).toEqual([]);
    expect(model.poller.asOf).toBeNull();
  });
});
