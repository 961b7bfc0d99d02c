import type { SlurmServer } from './request';
import type { IActionResult, IJob } from './vocabulary';

/** What can be done to a job that is there. */
export type Action = 'cancel' | 'hold' | 'release' | 'requeue' | 'suspend' | 'resume' | 'signal';

export type Stream = 'stdout' | 'stderr';

/** A piece of a job's output file. Offsets and sizes are bytes. */
export interface IOutputChunk {
  path: string;
  /** Its path for the contents API; null when it is not below the server's root. */
  contents_path: string | null;
  size: number;
  offset: number;
  next_offset: number;
  text: string;
  /** Whether the job has ended and the file has been read to its end. */
  finished: boolean;
  /** Whether something before `offset` was left out. */
  truncated_start: boolean;
}

/** Changes to a job, by the keys of sbatch's options. */
export type Changes = Record<string, string | number>;

/** One job of one cluster, as the server extension serves it. */
export class JobApi {
  constructor(
    private readonly _server: SlurmServer,
    private readonly _cluster: string,
    private readonly _id: string
  ) {}

  read(): Promise<IJob> {
    return this._server.get<IJob>(this._path());
  }

  /** What the file gained since `offset`, or its end when there is no offset yet. */
  output(stream: Stream, offset: number | null): Promise<IOutputChunk> {
    return this._server.get<IOutputChunk>([...this._path(), 'output'], {
      stream,
      offset: offset ?? undefined
    });
  }

  async act(action: Action, options: Record<string, unknown> = {}): Promise<IActionResult> {
    const { results } = await this._server.send<{ results: IActionResult[] }>(
      'POST',
      ['clusters', this._cluster, 'jobs', 'actions'],
      { action, job_ids: [this._id], ...options }
    );
    return results[0];
  }

  change(changes: Changes): Promise<IActionResult> {
    return this._server.send<IActionResult>('PATCH', this._path(), changes);
  }

  private _path(): string[] {
    return ['clusters', this._cluster, 'jobs', this._id];
  }
}
