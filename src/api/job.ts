import type { SlurmServer } from './request';
import type { components } from './schema';
import type { IActionResult, IJob, IJobChange, IOutputChunk } from './types';

/** What can be done to a job that is there. */
export type Action = components['schemas']['ActionRequest']['action'];

export type Stream = 'stdout' | 'stderr';

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

  /** Changes the job, by the id it shows; resolves with the job as it is then. */
  change(changes: IJobChange, id = this._id): Promise<IJob> {
    return this._server.send<IJob>('PATCH', this._path(id), changes);
  }

  private _path(id = this._id): string[] {
    return ['clusters', this._cluster, 'jobs', id];
  }
}
