import { ApiError, type Query, type SlurmServer } from '../api/request';
import type { IJobSummary } from '../api/types';

/** A request that waits for its response. */
export interface IStubRequest {
  path: string;
  query: Query;
  body?: unknown;
  respond: (body: unknown, asOf?: number) => Promise<void>;
  refuse: (message: string) => Promise<void>;
}

/** A server extension that responds when the test tells it to. */
export class StubServer {
  readonly requests: IStubRequest[] = [];

  /** The newest request. */
  get last(): IStubRequest {
    const last = this.requests[this.requests.length - 1];
    if (!last) {
      throw new Error('There was no request.');
    }
    return last;
  }

  /** The stub as the models' server. */
  get server(): SlurmServer {
    const get = (path: string[], query: Query = {}) => this._request(path, query);
    return {
      get: (path: string[], query?: Query) => get(path, query).then(({ body }) => body),
      getDated: get,
      send: (_: string, path: string[], body: unknown) =>
        this._request(path, {}, body).then(response => response.body)
    } as unknown as SlurmServer;
  }

  private _request(
    path: string[],
    query: Query,
    body?: unknown
  ): Promise<{ body: unknown; asOf: number; serverAsOf: number }> {
    return new Promise((resolve, reject) => {
      this.requests.push({
        path: path.join('/'),
        query,
        body,
        respond: (response, asOf = Date.now() / 1000) => {
          resolve({ body: response, asOf, serverAsOf: asOf });
          return settled();
        },
        refuse: message => {
          reject(new ApiError(502, { message, reason: 'unreachable' }));
          return settled();
        }
      });
    });
  }
}

/** Lets pending promises and immediate timers run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
  jest.advanceTimersByTime(1);
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
}

/** The response of the server for a page of jobs. */
export function aPage(jobs: IJobSummary[], change: object = {}): object {
  return {
    jobs,
    total: jobs.length,
    version: '',
    delta: null,
    stale: false,
    note: '',
    strategy: '',
    counts: {},
    ...change
  };
}
