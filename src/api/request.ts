import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { ErrorBody } from './schema';
import type { IScriptProblem } from './types';

/** Why a request failed: the server's reasons, and two that only the browser sees. */
export type Reason = ErrorBody['reason'] | 'no_server' | 'no_extension' | '';

const NAMESPACE = 'jupyter-slurm-rest';

/** The body of every error response of the server extension. */
interface IErrorBody {
  message: string;
  reason?: Reason;
  field?: string | null;
  advice?: string;
  action?: string;
  error_number?: number | null;
  slurm_text?: string;
  line?: number | null;
  column?: number | null;
  problems?: IScriptProblem[];
}

/** A failed request, with a message for the user. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status; 0 if the Jupyter server did not respond. */
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
    this.problems = body.problems ?? [];
  }

  /** A short code for programs: `token_rejected`, `unreachable`, `no_server`, ... */
  readonly reason: Reason;
  /** The key of the invalid option; null if the error is not about an option. */
  readonly field: string | null;
  /** What the user can do. */
  readonly advice: string;
  /** For token errors: `login`, `restart`, `paste`, `retry` or `admin`. */
  readonly action: string;
  readonly errorNumber: number | null;
  /** Slurm's own message. Shown as text, never as HTML. */
  readonly slurmText: string;
  /** The position in a script, counted from 1. */
  readonly line: number | null;
  readonly column: number | null;
  /** All that is wrong with a script; empty for other errors. */
  readonly problems: readonly IScriptProblem[];
}

/** Converts whatever was thrown to an ApiError. */
export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError(0, { message: String(error), reason: 'internal' });
}

/** Query parameters; undefined and empty ones are left out. */
export type Query = Record<string, string | number | boolean | undefined>;

/** A response body and when Slurm reported it: seconds since the epoch, by the browser's clock. */
export interface IDated<T> {
  body: T;
  asOf: number;
  /** The same by the server's clock, to compare with its events. */
  serverAsOf: number;
}

/** A client for the server extension's API. It encodes the parts of a path. */
export class SlurmServer {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  async get<T>(path: string[], query: Query = {}): Promise<T> {
    return (await this._request<T>(path, query, { method: 'GET' })).body;
  }

  /**
   * Requests a list and determines its age.
   *
   * #### Notes
   * The body of an unchanged list comes from the browser's cache; the headers are those of
   * the new response. Both headers are from the server's clock, so that the age is right even
   * if the browser's clock is wrong.
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
    const response = await this._request<T>(path, query, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body)
    });
    return response.body;
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
      // 'no-cache': the browser revalidates each time with the ETag of its cached copy, so
      // that an unchanged list costs a 304 response without a body.
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
    // 204 has no body.
    return { body: (text === '' ? undefined : JSON.parse(text)) as T, headers: response.headers };
  }
}

/** The error body; a generic one if the response is not from the extension, as from a proxy. */
function errorBody(status: number, text: string): IErrorBody {
  try {
    const body = JSON.parse(text) as Partial<IErrorBody> | null;
    if (body && typeof body.message === 'string' && typeof body.reason === 'string') {
      return body as IErrorBody;
    }
  } catch {
    // Not JSON: described by its status below.
  }
  return {
    message: `HTTP ${status}`,
    reason: status === 404 ? 'no_extension' : 'http'
  };
}
