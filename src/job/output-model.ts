import type { JobApi, Stream } from '../api/job';
import type { ApiError } from '../api/request';
import type { IOutputChunk } from '../api/types';
import { WatchedModel } from '../api/watched';
import { OutputText } from './output-text';

/** Milliseconds between two looks at a file that grows. */
const INTERVAL = 2_000;
/** Chunks read in a row before the view gets its turn. */
const BURST = 8;

/** The output file of a job, followed from its end while somebody looks. */
export class JobOutputModel extends WatchedModel {
  constructor(options: JobOutputModel.IOptions) {
    super(`output-${options.name}`, options.interval ?? INTERVAL);
    this._api = options.api;
  }

  readonly text = new OutputText();

  get stream(): Stream {
    return this._stream;
  }

  set stream(stream: Stream) {
    if (stream === this._stream) {
      return;
    }
    this._stream = stream;
    this.restart();
  }

  /** What the last read said about the file; null before the first. */
  get file(): IOutputChunk | null {
    return this._file;
  }

  /** Whether the beginning of the file is not shown. */
  get endOnly(): boolean {
    return this._endOnly || this.text.dropped;
  }

  /** Begins anew: another file, or a job that runs again. */
  restart(): void {
    this.text.clear();
    this._endOnly = false;
    this.failure = null;
    this._file = null;
    this._generation += 1;
    this.emitChanged();
    if (this.watched) {
      void this.refresh();
    }
  }

  protected async read(): Promise<void> {
    const generation = this._generation;
    try {
      for (let count = 0; count < BURST; count++) {
        const chunk = await this._api.output(this._stream, this._offset());
        if (this.isDisposed || generation !== this._generation) {
          return;
        }
        this._take(chunk);
        if (chunk.finished || chunk.next_offset >= chunk.size) {
          break;
        }
      }
      if (this._file?.finished || !this.watched) {
        void this.poll.stop();
      }
    } catch (error) {
      if (this.isDisposed || generation !== this._generation) {
        return;
      }
      this.failure = error as ApiError;
      this.emitChanged();
      throw error;
    }
  }

  /** Where to read on; null (the end of the file) before anything could be read. */
  private _offset(): number | null {
    return this._file !== null && this._file.note === '' ? this._file.next_offset : null;
  }

  private _take(chunk: IOutputChunk): void {
    if (this._file !== null && chunk.offset !== this._file.next_offset) {
      // The file was cut or written anew: what is shown is not its beginning any more.
      this.text.clear();
      this._endOnly = chunk.truncated_start;
    }
    if (this._file === null) {
      this._endOnly = chunk.truncated_start;
    }
    this.failure = null;
    this._file = chunk;
    this.text.append(chunk.text);
    this.emitChanged();
  }

  private readonly _api: Pick<JobApi, 'output'>;
  private _endOnly = false;
  private _file: IOutputChunk | null = null;
  private _generation = 0;
  private _stream: Stream = 'stdout';
}

export namespace JobOutputModel {
  export interface IOptions {
    api: Pick<JobApi, 'output'>;
    /** What the poll is called. */
    name: string;
    /** Milliseconds between two reads. */
    interval?: number;
  }
}
