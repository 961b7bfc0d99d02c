import type { Page, Route } from '@playwright/test';

import type { IAccount, IClusterInfo, IJobSummary, INode } from '../../src/api/types';
import { aJob } from '../../src/__tests__/jobs';

/** A queue and nodes as large, old or broken as a test needs them; typed by the API's schema. */
export interface IStub {
  clusters: IClusterInfo[];
  jobs: IJobSummary[];
  nodes: INode[];
  /** Finished jobs; not available without accounting (see the cluster). */
  history: IJobSummary[];
  account: IAccount;
  stale: boolean;
  note: string;
  /** Respond to every request about a cluster with this error; `action` is what would help. */
  failure: {
    status: number;
    message: string;
    reason: string;
    advice: string;
    action?: string;
  } | null;
  /** Never respond. */
  silent: boolean;
  /** Bodies of the requested actions. */
  actions: unknown[];
  /** Tokens that were pasted. */
  tokens: string[];
}

/** The server extension's API; not the frontend's own files, which have the same folder. */
export const API = /(?<!extensions)\/jupyter-slurm-rest\//;

/** Respond to requests of `page` to the server extension from `stub`, which may change. */
export async function stubServer(page: Page, given: Partial<IStub> = {}): Promise<IStub> {
  const stub: IStub = {
    clusters: [cluster('maxwell')],
    jobs: [],
    nodes: [],
    history: [],
    account: { user: 'alice', default_account: '', associations: [], accounts: [], qos: [], shares: [] },
    stale: false,
    note: '',
    failure: null,
    silent: false,
    actions: [],
    tokens: [],
    ...given
  };
  await page.route(API, route => respond(route, stub));
  return stub;
}

export function cluster(name: string): IClusterInfo {
  return {
    name,
    reachable: true,
    error: null,
    slurm_release: '24.11.5',
    api_version: 'v0.0.42',
    api_versions: ['v0.0.41', 'v0.0.42'],
    accounting: true,
    user: 'alice',
    token_expires_at: null,
    token_source: 'env',
    strategy: 'one shared list',
    can_write: true
  };
}

export function job(id: number, change: Partial<IJobSummary> = {}): IJobSummary {
  const submit_time = 1_790_000_000 + id;
  return aJob(id, { submit_time, cpus: 4, memory: 4096, priority: 1000, ...change });
}

export function node(name: string, change: Partial<INode> = {}): INode {
  return {
    name,
    state: 'MIXED',
    sinfo_state: 'mixed',
    your_reservation: '',
    owner: '',
    flags: [],
    usable: true,
    partitions: ['debug'],
    features: ['intel', 'avx512'],
    active_features: ['intel', 'avx512'],
    cpus: 64,
    cpus_used: 20,
    cpus_specialized: 0,
    cpus_free: 44,
    cpu_load: 19.5,
    memory: 262_144,
    memory_used: 65_536,
    memory_specialized: 0,
    memory_free: 196_608,
    memory_free_os: 180_000,
    gpus: 0,
    gpus_used: 0,
    gpus_free: 0,
    gres: [],
    reason: '',
    reason_user: '',
    reason_time: null,
    sockets: 2,
    cores_per_socket: 32,
    threads_per_core: 1,
    tmp_disk: 0,
    architecture: 'x86_64',
    operating_system: '',
    address: name,
    hostname: name,
    version: '24.11.5',
    boot_time: null,
    last_busy: null,
    reservation: '',
    weight: 1,
    ...change
  };
}

async function respond(route: Route, stub: IStub): Promise<void> {
  if (stub.silent) {
    return;
  }
  const url = new URL(route.request().url());
  const [, path = ''] = url.pathname.split('/jupyter-slurm-rest/');
  if (path === 'clusters') {
    return route.fulfill({ json: { clusters: stub.clusters } });
  }
  const [, name] = path.split('/');
  const info = stub.clusters.find(candidate => candidate.name === name);
  if (path.endsWith('/token') && info) {
    return respondToToken(route, stub, info);
  }
  if (stub.failure) {
    const { status, ...body } = stub.failure;
    return route.fulfill({ status, json: body });
  }
  const dated = { as_of: Date.now() / 1000 - (stub.stale ? 312 : 0), stale: stub.stale, note: stub.note };
  if (path.endsWith('/jobs/actions')) {
    const body = route.request().postDataJSON() as { job_ids: string[] };
    stub.actions.push(body);
    const results = body.job_ids.map(id => ({ id, ok: true, message: 'canceled', error_number: null }));
    stub.jobs = stub.jobs.filter(({ id }) => !body.job_ids.includes(id));
    return route.fulfill({ json: { results } });
  }
  if (path.endsWith('/jobs')) {
    return route.fulfill({ json: { ...pageOfJobs(stub.jobs, url.searchParams), strategy: '', ...dated } });
  }
  if (path.endsWith('/history') || path.endsWith('/account')) {
    if (!info?.accounting) {
      const message = 'This cluster has no accounting.';
      return route.fulfill({ status: 501, json: { message, reason: 'accounting_missing' } });
    }
    return route.fulfill({
      json: path.endsWith('/account')
        ? stub.account
        : { ...pageOfJobs(stub.history, url.searchParams), ...dated }
    });
  }
  if (path.endsWith('/nodes')) {
    return route.fulfill({ json: { nodes: stub.nodes, total: stub.nodes.length, ...dated } });
  }
  return route.fulfill({ status: 404, json: { message: 'no such stub', reason: 'not_found' } });
}

/** Trouble with the token ends when there is one. */
async function respondToToken(route: Route, stub: IStub, info: IClusterInfo): Promise<void> {
  if (route.request().method() === 'DELETE') {
    info.token_source = 'env';
    return route.fulfill({ status: 204 });
  }
  const { token } = route.request().postDataJSON() as { token: string };
  stub.tokens.push(token);
  stub.failure = null;
  info.token_source = 'pasted';
  return route.fulfill({ json: info });
}

function pageOfJobs(jobs: IJobSummary[], query: URLSearchParams) {
  const search = query.get('search') ?? '';
  const states = (query.get('state') ?? '').split(',').filter(Boolean);
  const found = jobs.filter(
    ({ name, user }) =>
      (name.includes(search) || user.includes(search)) &&
      (query.get('scope') === 'all' || user === 'alice')
  );
  const counts: Record<string, number> = {};
  for (const { state } of found) {
    counts[state] = (counts[state] ?? 0) + 1;
  }
  const sort = query.get('sort') ?? 'job_id';
  const key = sort.replace('-', '') as keyof IJobSummary;
  const sign = sort.startsWith('-') ? -1 : 1;
  const shown = found
    .filter(({ state }) => states.length === 0 || states.includes(state))
    .sort((a, b) => sign * compare(a[key], b[key]));
  const offset = Number(query.get('offset') ?? 0);
  return {
    jobs: shown.slice(offset, offset + Number(query.get('limit') ?? 100)),
    total: shown.length,
    version: '',
    delta: null,
    counts
  };
}

function compare(a: unknown, b: unknown): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}
