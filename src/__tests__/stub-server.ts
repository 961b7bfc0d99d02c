import { ApiError, type Query, type SlurmServer } from '../api/request';
import type { IJobSummary } from '../api/types';

/** A request that waits for its response. */
export interface IAsked {
  path: string;
  query: Query;
  body?: unknown;
  answer: (body: unknown, asOf?: number) => Promise<void>;
  refuse: (message: string) => Promise<void>;
}

/** A server extension that responds when the test tells it to. */
export class StubServer {
  readonly asked: IAsked[] = [];

  /** The newest request. */
  get last(): IAsked {
    const last = this.asked[this.asked.length - 1];
    if (!last) {
      throw new Error('Nothing was asked.');
    }
    return last;
  }

  /** As what the models want. */
  get server(): SlurmServer {
    const get = (path: string[], query: Query = {}) => this._ask(path, query);
    return {
      get: (path: string[], query?: Query) => get(path, query).then(({ body }) => body),
      getDated: get,
      send: (_: string, path: string[], body: unknown) =>
        this._ask(path, {}, body).then(answer => answer.body)
    } as unknown as SlurmServer;
  }

  private _ask(
    path: string[],
    query: Query,
    body?: unknown
  ): Promise<{ body: unknown; asOf: number; serverAsOf: number }> {
    return new Promise((resolve, reject) => {
      this.asked.push({
        path: path.join('/'),
        query,
        body,
        answer: (answer, asOf = Date.now() / 1000) => {
          resolve({ body: answer, asOf, serverAsOf: asOf });
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

/** Let everything that waits for what has happened take its turn. */
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
    plan: '',
    counts: {},
    ...change
  };
}
