import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { JobApi, Stream } from '../api/job';
import type { ApiError } from '../api/request';
import type { IOutputChunk } from '../api/vocabulary';
import { OutputText } from './outputtext';

/** Milliseconds between two looks at a file that grows. */
const INTERVAL = 2_000;
/** Milliseconds between two looks at a file that does not, or cannot be read. */
const LONGEST = 60_000;
/** Chunks read in a row before the view gets its turn. */
const BURST = 8;

/** The output file of a job, followed from its end while somebody looks. */
export class JobOutputModel implements IDisposable {
  constructor(options: JobOutputModel.IOptions) {
    this._api = options.api;
    const interval = options.interval ?? INTERVAL;
    this._poll = new Poll({
      auto: false,
      name: `jupyter-slurm-rest:output-${options.name}`,
      factory: () => this._read(),
      frequency: { interval, backoff: true, max: LONGEST }
    });
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

  /** Why the last read failed; null when it did not. */
  get error(): ApiError | null {
    return this._error;
  }

  /** Whether the beginning of the file is not shown. */
  get endOnly(): boolean {
    return this._endOnly || this.text.dropped;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Whether somebody sees the output; the file is not read otherwise. */
  set watched(watched: boolean) {
    if (watched === this._watched || this._isDisposed) {
      return;
    }
    this._watched = watched;
    if (watched) {
      void this.refresh();
    } else {
      void this._poll.stop();
    }
  }

  /** Reads what is new, now; never rejects. */
  async refresh(): Promise<void> {
    if (this._isDisposed) {
      return;
    }
    await this._poll.refresh();
    // A failure is in `error` by then.
    await this._poll.tick.catch(() => undefined);
  }

  /** Begins anew: another file, or a job that runs again. */
  restart(): void {
    this.text.clear();
    this._endOnly = false;
    this._error = null;
    this._file = null;
    this._generation += 1;
    this._stateChanged.emit();
    if (this._watched) {
      void this.refresh();
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._poll.dispose();
    Signal.clearData(this);
  }

  private async _read(): Promise<void> {
    const generation = this._generation;
    try {
      for (let count = 0; count < BURST; count++) {
        const chunk = await this._api.output(this._stream, this._offset());
        if (this._isDisposed || generation !== this._generation) {
          return;
        }
        this._take(chunk);
        if (chunk.finished || chunk.next_offset >= chunk.size) {
          break;
        }
      }
      if (this._file?.finished || !this._watched) {
        void this._poll.stop();
      }
    } catch (error) {
      if (this._isDisposed || generation !== this._generation) {
        return;
      }
      this._error = error as ApiError;
      this._stateChanged.emit();
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
    this._error = null;
    this._file = chunk;
    this.text.append(chunk.text);
    this._stateChanged.emit();
  }

  private readonly _api: Pick<JobApi, 'output'>;
  private readonly _poll: Poll;
  private readonly _stateChanged = new Signal<this, void>(this);
  private _endOnly = false;
  private _error: ApiError | null = null;
  private _file: IOutputChunk | null = null;
  private _generation = 0;
  private _isDisposed = false;
  private _stream: Stream = 'stdout';
  private _watched = false;
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
