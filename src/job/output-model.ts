import type { JobApi, Stream } from '../api/jobs';
import { Poller } from '../api/poller';
import type { IOutputChunk } from '../api/types';
import { OutputText } from './output-text';

/** Seconds between two requests for a file that grows. */
const INTERVAL = 2;
/** The number of chunks that are read in a row. */
const BURST = 8;

/** A job's output file, followed from its end while it is shown. */
export class JobOutputModel {
  constructor(options: JobOutputModel.IOptions) {
    const { api, interval = INTERVAL } = options;
    this.poller = new Poller({
      name: `output-${options.name}`,
      interval,
      load: reason => {
        this._burst = reason === 'refresh' ? 1 : this._burst + 1;
        return api.output(this._stream, this._offset());
      },
      apply: chunk => this._append(chunk),
      hasMore: () => {
        const file = this._file;
        return (
          this._burst < BURST && file !== null && !file.finished && file.next_offset < file.size
        );
      }
    });
  }

  readonly poller: Poller<IOutputChunk>;
  readonly text = new OutputText();

  get stream(): Stream {
    return this._stream;
  }

  /** Show the other file. */
  setStream(stream: Stream): void {
    if (stream !== this._stream) {
      this._stream = stream;
      this.restart();
    }
  }

  /** The last response about the file; null before the first. */
  get file(): IOutputChunk | null {
    return this._file;
  }

  /** Whether the beginning of the file is not shown. */
  get truncated(): boolean {
    return this._truncated || this.text.dropped;
  }

  /** Starts over: for another file, or a job that runs again. */
  restart(): void {
    this.text.clear();
    this._truncated = false;
    this._file = null;
    this.poller.reset();
    this.poller.emitChanged();
    void this.poller.refresh();
  }

  /** Read on now, whether the output is shown or not. Never rejects. */
  refresh(): Promise<void> {
    return this.poller.active ? this.poller.refresh() : this.poller.load();
  }

  dispose(): void {
    this.poller.dispose();
  }

  /** Where to read on; null, for the end of the file, before anything was read. */
  private _offset(): number | null {
    return this._file !== null && this._file.note === '' ? this._file.next_offset : null;
  }

  private _append(chunk: IOutputChunk): void {
    const file = this._file;
    if (file !== null && chunk.offset !== file.next_offset) {
      // The file was truncated or replaced: what is shown is not its beginning any more.
      this.text.clear();
    }
    if (file === null || chunk.offset !== file.next_offset) {
      this._truncated = chunk.truncated_start;
    }
    this._file = chunk;
    this.text.append(chunk.text);
    if (chunk.finished) {
      this.poller.pause();
    }
    this.poller.emitChanged();
  }

  private _burst = 0;
  private _file: IOutputChunk | null = null;
  private _stream: Stream = 'stdout';
  private _truncated = false;
}

export namespace JobOutputModel {
  export interface IOptions {
    api: Pick<JobApi, 'output'>;
    /** The poller's name. */
    name: string;
    /** Seconds between two requests. */
    interval?: number;
  }
}
