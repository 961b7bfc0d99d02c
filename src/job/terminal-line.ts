/** Columns beyond which the cursor does not go. */
const MAX_COLUMN = 10_000;

/** What only a terminal can show: carriage returns, backspaces, and escapes other than colors. */
// eslint-disable-next-line no-control-regex
const NEEDS_TERMINAL = /[\r\b]|\u001b(?!\[[\d;]*m)/;

/** A control sequence, whole or cut off at the end of the text. */
// eslint-disable-next-line no-control-regex
const ESCAPE = /\u001b(?:\[([\d;?]*)([@-~]?)|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[^[\]]?)/y;

interface ICell {
  character: string;
  /** The color sequences that apply. */
  style: string;
}

/** What a terminal shows of a line, and where its cursor is. */
interface ITerminalLine {
  text: string;
  /** The same line in a form that can be continued: it keeps the cursor and a cut escape. */
  open: string;
}

/** Draws a line (without its line feed) as a terminal does; colors are kept. */
export function drawLine(line: string): ITerminalLine {
  if (!NEEDS_TERMINAL.test(line)) {
    return { text: line, open: line };
  }
  const cells: ICell[] = [];
  let column = 0;
  let style = '';
  let cut = '';
  for (let at = 0; at < line.length;) {
    const character = String.fromCodePoint(line.codePointAt(at) as number);
    if (character === '\u001b') {
      ESCAPE.lastIndex = at;
      const [sequence, parameters = '', final = ''] = ESCAPE.exec(line) as RegExpExecArray;
      at += sequence.length;
      if (at === line.length && (final === '' || sequence === '\u001b')) {
        cut = sequence;
      } else if (final === 'm') {
        style = /^0*$/.test(parameters) ? '' : style + sequence;
      } else {
        column = moved(column, parameters, final);
        erase(cells, column, parameters, final);
      }
      continue;
    }
    at += character.length;
    if (character === '\r') {
      column = 0;
    } else if (character === '\b') {
      column = Math.max(0, column - 1);
    } else {
      while (cells.length < column) {
        cells.push({ character: ' ', style: '' });
      }
      cells[column] = { character, style };
      column += 1;
    }
  }
  const text = textOf(cells, style);
  return { text, open: `${text}\u001b[${column + 1}G${cut}` };
}

function moved(column: number, parameters: string, final: string): number {
  const count = Math.max(1, Number.parseInt(parameters, 10) || 1);
  switch (final) {
    case 'C':
      return Math.min(MAX_COLUMN, column + count);
    case 'D':
      return Math.max(0, column - count);
    case 'G':
      return Math.min(MAX_COLUMN, count - 1);
    default:
      return column;
  }
}

function erase(cells: ICell[], column: number, parameters: string, final: string): void {
  if (final !== 'K') {
    return;
  }
  if (parameters === '' || parameters === '0') {
    cells.length = Math.min(cells.length, column);
  } else {
    const end = parameters === '2' ? cells.length : Math.min(cells.length, column + 1);
    cells.fill({ character: ' ', style: '' }, 0, end);
  }
}

function textOf(cells: readonly ICell[], last: string): string {
  const reset = '\u001b[0m';
  let text = '';
  let current = '';
  const change = (style: string) => {
    if (style !== current) {
      text += current === '' ? style : reset + style;
      current = style;
    }
  };
  for (const { character, style } of cells) {
    change(style);
    text += character;
  }
  change(last);
  return text;
}
