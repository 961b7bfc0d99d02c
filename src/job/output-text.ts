import { drawLine } from './terminal-line';

/** A block of whole lines, small enough to be rendered at once. */
interface IOutputBlock {
  readonly key: number;
  readonly text: string;
}

/** The number of lines in a block. */
const BLOCK_LINES = 200;

/**
 * The end of a text that is appended to.
 *
 * It is divided into blocks, so that a view renders only the last one again. Within a line,
 * carriage returns and backspaces overwrite it, as progress bars do in a terminal.
 */
export class OutputText {
  /**
   * @param _limit - the maximum number of characters, rounded up to a block
   */
  constructor(private readonly _limit = 1_000_000) {}

  /** The blocks in order; only the last one changes under its key. */
  get blocks(): readonly IOutputBlock[] {
    return this._blocks;
  }

  /** Whether the beginning was dropped because of the limit. */
  get dropped(): boolean {
    return this._dropped;
  }

  /** The last lines, at most so many, without empty lines at their end. */
  tail(lines: number): string {
    const text = this._blocks
      .slice(-2)
      .map(block => block.text)
      .join('')
      .trimEnd();
    return text.split('\n').slice(-lines).join('\n');
  }

  append(text: string): void {
    if (text === '') {
      return;
    }
    const lines = (this._open + text).split('\n');
    const rest = lines.pop() as string;
    for (const line of lines) {
      this._closed.push(drawLine(line.endsWith('\r') ? line.slice(0, -1) : line).text);
      if (this._closed.length === BLOCK_LINES) {
        this._done.push({ key: this._key++, text: this._closed.join('\n') + '\n' });
        this._size += this._done[this._done.length - 1].text.length;
        this._closed = [];
      }
    }
    // A progress bar may write into one line for hours: only what it shows is kept.
    const open = drawLine(rest);
    this._open = open.open;
    while (this._size > this._limit) {
      this._size -= (this._done.shift() as IOutputBlock).text.length;
      this._dropped = true;
    }
    const last = [...this._closed, open.text].join('\n');
    this._blocks = last === '' ? [...this._done] : [...this._done, { key: this._key, text: last }];
  }

  clear(): void {
    this._blocks = [];
    this._closed = [];
    this._done = [];
    this._dropped = false;
    this._open = '';
    this._size = 0;
    // Keys are not reused: a view must not confuse a new block with an old one.
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
