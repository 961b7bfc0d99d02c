import { listNodes } from '../api/clusters';
import { Poller } from '../api/poller';
import type { IDated, SlurmServer } from '../api/request';
import type { INode, INodeList } from '../api/types';

/** The columns that nodes can be sorted by; the last three by what is free. */
export type NodeSort = 'name' | 'state' | 'cpus' | 'memory' | 'gpus';

/** Which nodes to show, in which order. */
interface INodeQuery {
  search: string;
  sort: NodeSort;
  descending: boolean;
}

/** The free and total resources of usable nodes. */
interface IFreeResources {
  nodes: number;
  cpus: number;
  cpusTotal: number;
  /** MiB. */
  memory: number;
  memoryTotal: number;
  gpus: number;
  gpusTotal: number;
}

/** A cluster's nodes, sorted and filtered in the browser. */
export class NodesModel {
  constructor(options: NodesModel.IOptions) {
    this.poller = new Poller({
      ...options,
      name: 'nodes',
      load: async () => (this._cluster === null ? null : listNodes(options.server, this._cluster)),
      apply: ({ body, asOf, serverAsOf }) => {
        this._nodes = body.nodes;
        this._note = body.note;
        this._arrange();
        return { asOf, serverAsOf, stale: body.stale };
      }
    });
  }

  readonly poller: Poller<IDated<INodeList>>;

  /** The cluster whose nodes are listed. */
  get cluster(): string | null {
    return this._cluster;
  }
  set cluster(value: string | null) {
    if (value === this._cluster) {
      return;
    }
    this._cluster = value;
    this._nodes = [];
    this._note = '';
    this._arrange();
    this.poller.reset();
    this.poller.emitChanged();
    void this.poller.refresh();
  }

  get query(): Readonly<INodeQuery> {
    return this._query;
  }

  /** Filter or sort the nodes. */
  setQuery(change: Partial<INodeQuery>): void {
    this._query = { ...this._query, ...change };
    this._arrange();
    this.poller.emitChanged();
  }

  /** Every node. */
  get nodes(): readonly INode[] {
    return this._nodes;
  }

  /** The matching nodes, sorted. */
  get shown(): readonly INode[] {
    return this._shown;
  }

  get note(): string {
    return this._note;
  }

  /** The free resources of the matching nodes. */
  get free(): IFreeResources {
    return this._free;
  }

  dispose(): void {
    this.poller.dispose();
  }

  private _arrange(): void {
    const { search, sort, descending } = this._query;
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const sign = descending ? -1 : 1;
    this._shown = this._nodes
      .filter(node => {
        const text = textOf(node);
        return words.every(word => text.includes(word));
      })
      .sort((a, b) => sign * COMPARE[sort](a, b) || COMPARE.name(a, b));
    this._free = sum(this._shown);
  }

  private _cluster: string | null = null;
  private _free: IFreeResources = sum([]);
  private _nodes: INode[] = [];
  private _note = '';
  private _query: INodeQuery = { search: '', sort: 'name', descending: false };
  private _shown: INode[] = [];
}

export namespace NodesModel {
  export interface IOptions extends Poller.IModelOptions {
    server: SlurmServer;
  }
}

/** What a new job of the user could get: 0 if no job can start there. */
export function freeOn(node: INode, of: 'cpus' | 'memory' | 'gpus'): number {
  return node[`${of}_free`];
}

const collator = new Intl.Collator(undefined, { numeric: true });

const COMPARE: Record<NodeSort, (a: INode, b: INode) => number> = {
  name: (a, b) => collator.compare(a.name, b.name),
  state: (a, b) => Number(b.usable) - Number(a.usable) || collator.compare(a.state, b.state),
  cpus: (a, b) => freeOn(a, 'cpus') - freeOn(b, 'cpus'),
  memory: (a, b) => freeOn(a, 'memory') - freeOn(b, 'memory'),
  gpus: (a, b) => freeOn(a, 'gpus') - freeOn(b, 'gpus')
};

function textOf(node: INode): string {
  return [
    node.name,
    node.state,
    node.sinfo_state,
    node.your_reservation,
    ...node.flags,
    ...node.partitions,
    ...node.features,
    ...node.gres.map(gres => `${gres.name}:${gres.type}`),
    node.reason
  ]
    .join(' ')
    .toLowerCase();
}

function sum(nodes: readonly INode[]): IFreeResources {
  const usable = nodes.filter(node => node.usable);
  const add = (value: (node: INode) => number) =>
    usable.reduce((total, node) => total + value(node), 0);
  return {
    nodes: usable.length,
    cpus: add(node => freeOn(node, 'cpus')),
    cpusTotal: add(node => node.cpus),
    memory: add(node => freeOn(node, 'memory')),
    memoryTotal: add(node => node.memory),
    gpus: add(node => freeOn(node, 'gpus')),
    gpusTotal: add(node => node.gpus)
  };
}
