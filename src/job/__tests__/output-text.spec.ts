import { OutputText } from '../output-text';

function shown(output: OutputText): string {
  return output.blocks.map(block => block.text).join('');
}

/** The text without colors. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[\d;]*m/g, '');
}

describe('OutputText', () => {
  it('shows the same whether the text comes at once or in pieces', () => {
    const text = Array.from({ length: 1000 }, (_, line) => `line ${line}`).join('\n') + '\nrest';
    const whole = new OutputText();
    whole.append(text);
    const pieces = new OutputText();
    for (let at = 0; at < text.length; at += 7) {
      pieces.append(text.slice(at, at + 7));
    }
    expect(shown(whole)).toBe(text);
    expect(shown(pieces)).toBe(text);
  });

  it('never changes a block that is not the last', () => {
    const output = new OutputText();
    output.append('x\n'.repeat(450));
    const before = output.blocks.slice(0, -1);
    output.append('y\n'.repeat(450));
    expect(output.blocks.slice(0, before.length)).toEqual(before);
    expect(new Set(output.blocks.map(block => block.key)).size).toBe(output.blocks.length);
  });

  it('overwrites a line as a terminal does', () => {
    const output = new OutputText();
    output.append('10%\r20%\r');
    expect(shown(output)).toBe('20%');
    output.append('30%');
    expect(shown(output)).toBe('30%');
    output.append('\rdone\nnext\r\nlast');
    expect(shown(output)).toBe('done\nnext\nlast');
  });

  it.each([
    ['a carriage return and a shorter text', 'loading\rdone', 'doneing'],
    ['backspaces', '10%\b\b\b20%', '20%'],
    ['an erased line', 'loading\r\u001b[Kdone', 'done'],
    ['colors', '\u001b[32mok\u001b[0m\r\u001b[31mno\u001b[0m', '\u001b[31mno\u001b[0m'],
    ['a color under a part', '\u001b[32mabcd\u001b[0m\rxy', 'xy\u001b[32mcd\u001b[0m'],
    ['cursor movements', 'abc\u001b[2DX\u001b[5GY', 'aXc Y'],
    ['a title', '\u001b]0;title\u0007text', 'text'],
    ['characters of two units', '🙂a\b\bx', 'xa'],
    ['a cursor far away', '\u001b[999999999Gx', `${' '.repeat(10_000)}x`]
  ])('draws %s as a terminal does, in one piece or in many', (_, text, expected) => {
    const whole = new OutputText();
    whole.append(`${text}\n`);
    expect(shown(whole)).toBe(`${expected}\n`);
    const pieces = new OutputText();
    for (const unit of Array.from(text)) {
      pieces.append(unit);
    }
    pieces.append('\n');
    expect(plain(shown(pieces))).toBe(plain(`${expected}\n`));
  });

  it('keeps little of a line that is written over and over', () => {
    const output = new OutputText(1_000);
    for (let step = 0; step < 2_000; step++) {
      output.append(`\rstep ${step} of 2000`);
    }
    expect(shown(output)).toBe('step 1999 of 2000');
    expect(output.dropped).toBe(false);
  });

  it('gives the last lines', () => {
    const output = new OutputText();
    output.append('1\n2\n3\n\n');
    expect(output.tail(2)).toBe('2\n3');
    expect(new OutputText().tail(3)).toBe('');
  });

  it('drops the beginning of what grows too long, and says so', () => {
    const output = new OutputText(10_000);
    for (let line = 0; line < 5_000; line++) {
      output.append(`${line}\n`);
    }
    expect(output.dropped).toBe(true);
    expect(shown(output).length).toBeLessThan(12_000);
    expect(shown(output).endsWith('4999\n')).toBe(true);
  });

  it('starts over with new keys', () => {
    const output = new OutputText();
    output.append('old');
    const old = output.blocks[0].key;
    output.clear();
    expect(output.blocks).toEqual([]);
    output.append('new');
    expect(output.blocks[0].key).not.toBe(old);
  });
});
