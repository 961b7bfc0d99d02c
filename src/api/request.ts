import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

const NAMESPACE = 'jupyter-slurm-rest';

/** The body of every error answer of the server extension. */
interface IErrorBody {
  message: string;
  reason?: string;
  field?: string | null;
  advice?: string;
  action?: string;
  error_number?: number | null;
  slurm_text?: string;
  line?: number | null;
  column?: number | null;
}

/** A request that failed, in words for the person who made it. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status; 0 when the Jupyter server itself did not answer. */
    readonly status: number,
    body: IErrorBody
  ) {
    super(body.message);
    this.name = 'ApiError';
    this.reason = body.reason ?? '';
    this.field = body.field ?? null;
    this.advice = body.advice ?? '';
    this.action = body.action ?? '';
    this.errorNumber = body.error_number ?? null;
    this.slurmText = body.slurm_text ?? '';
    this.line = body.line ?? null;
    this.column = body.column ?? null;
  }

  /** A short code for programs: `token_rejected`, `unreachable`, `no_server`, ... */
  readonly reason: string;
  /** The option that is wrong, by its key; null when it is not about one. */
  readonly field: string | null;
  /** What the person can do. */
  readonly advice: string;
  /** Of trouble with the token: `login`, `restart`, `paste`, `retry` or `admin`. */
  readonly action: string;
  readonly errorNumber: number | null;
  /** Slurm's own words. Data, never HTML. */
  readonly slurmText: string;
  /** Where in a script, counted from 1. */
  readonly line: number | null;
  readonly column: number | null;
}

/** Whatever was thrown, as an ApiError. */
export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError(0, { message: String(error), reason: 'internal' });
}

/** Values of a query; undefined and empty ones are left out. */
export type Query = Record<string, string | number | boolean | undefined>;

/** An answer, and when Slurm said so: seconds since the epoch by the browser's clock. */
export interface IDated<T> {
  body: T;
  asOf: number;
  /** The same by the server's clock, to be compared with what its events say. */
  serverAsOf: number;
}

/** The server extension's own API. Path parts are encoded here, never by the caller. */
export class SlurmServer {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  async get<T>(path: string[], query: Query = {}): Promise<T> {
    return (await this._request<T>(path, query, { method: 'GET' })).body;
  }

  /**
   * A list, and how old it is.
   *
   * #### Notes
   * An unchanged list comes from the browser's cache, with the age it had when it was
   * first sent; the headers are those of the new answer. Both of the headers are the
   * server's clock, so that a browser with a wrong one still tells the right age.
   */
  async getDated<T extends { as_of: number }>(
    path: string[],
    query: Query = {}
  ): Promise<IDated<T>> {
    const { body, headers } = await this._request<T>(path, query, { method: 'GET' });
    const now = Date.now() / 1000;
    const serverNow = Date.parse(headers.get('Date') ?? '') / 1000 || now;
    const serverAsOf = Number(headers.get('Slurm-As-Of')) || body.as_of;
    return { body, asOf: now - Math.max(0, serverNow - serverAsOf), serverAsOf };
  }

  async send<T>(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string[],
    body?: unknown,
    query: Query = {}
  ): Promise<T> {
    const answer = await this._request<T>(path, query, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body)
    });
    return answer.body;
  }

  private async _request<T>(
    path: string[],
    query: Query,
    init: RequestInit
  ): Promise<{ body: T; headers: Headers }> {
    const given = Object.entries(query)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([key, value]): [string, string] => [key, String(value)]);
    const url =
      URLExt.join(this._settings.baseUrl, NAMESPACE, ...path.map(encodeURIComponent)) +
      (given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '');
    let response: Response;
    try {
      // 'no-cache': the browser asks again each time, with the ETag of what it holds, so
      // that an unchanged list costs a 304 and no body.
      response = await ServerConnection.makeRequest(
        url,
        { cache: 'no-cache', ...init },
        this._settings
      );
    } catch (error) {
      throw new ApiError(0, { message: String(error), reason: 'no_server' });
    }
    const text = await response.text();
    if (!response.ok) {
      throw new ApiError(response.status, errorBody(response.status, text));
    }
    // 204: there is nothing to say.
    return { body: (text === '' ? undefined : JSON.parse(text)) as T, headers: response.headers };
  }
}

/** The error body, or one made up for an answer that is not ours (a proxy, no extension). */
function errorBody(status: number, text: string): IErrorBody {
  try {
    const body = JSON.parse(text) as Partial<IErrorBody> | null;
    if (body && typeof body.message === 'string' && typeof body.reason === 'string') {
      return body as IErrorBody;
    }
  } catch {
    // Not JSON: said below by its status.
  }
  return {
    message: `HTTP ${status}`,
    reason: status === 404 ? 'no_extension' : 'http'
  };
}
