/** A run of whole lines of an output, small enough to be drawn at once. */
interface IOutputBlock {
  readonly key: number;
  readonly text: string;
}

/** Lines after which a block is closed and never drawn again. */
const BLOCK_LINES = 200;

/**
 * The end of a text that only grows.
 *
 * Kept as blocks so that a view draws again only the last one, however long the rest
 * is. A carriage return overwrites its line, as a terminal shows progress bars.
 */
export class OutputText {
  /**
   * @param limit - the characters kept at most, give or take a block
   */
  constructor(private readonly _limit = 1_000_000) {}

  /** The blocks, oldest first; those but the last never change under their key. */
  get blocks(): readonly IOutputBlock[] {
    return this._blocks;
  }

  /** Whether the beginning was dropped to stay below the limit. */
  get dropped(): boolean {
    return this._dropped;
  }

  append(text: string): void {
    if (text === '') {
      return;
    }
    const lines = (this._open + text).split('\n');
    const rest = lines.pop() as string;
    for (const line of lines) {
      this._closed.push(overwritten(line.endsWith('\r') ? line.slice(0, -1) : line));
      if (this._closed.length === BLOCK_LINES) {
        this._done.push({ key: this._key++, text: this._closed.join('\n') + '\n' });
        this._size += this._done[this._done.length - 1].text.length;
        this._closed = [];
      }
    }
    this._open = shortened(rest);
    while (this._size > this._limit) {
      this._size -= (this._done.shift() as IOutputBlock).text.length;
      this._dropped = true;
    }
    const last = [...this._closed, overwritten(this._open)].join('\n');
    this._blocks = last === '' ? [...this._done] : [...this._done, { key: this._key, text: last }];
  }

  clear(): void {
    this._blocks = [];
    this._closed = [];
    this._done = [];
    this._dropped = false;
    this._open = '';
    this._size = 0;
    // Keys go on counting: a view must not take a new block for an old one.
    this._key += 1;
  }

  private _blocks: IOutputBlock[] = [];
  private _closed: string[] = [];
  private _done: IOutputBlock[] = [];
  private _dropped = false;
  private _key = 0;
  private _open = '';
  private _size = 0;
}

/** What a terminal would show of a line with carriage returns in it. */
function overwritten(line: string): string {
  const at = line.lastIndexOf('\r', line.length - 2);
  return at < 0 ? line.replace(/\r$/, '') : line.slice(at + 1).replace(/\r$/, '');
}

/** An unfinished line without what was overwritten: a progress bar may write for hours. */
function shortened(line: string): string {
  const at = line.lastIndexOf('\r', line.length - 2);
  return at < 0 ? line : line.slice(at + 1);
}
