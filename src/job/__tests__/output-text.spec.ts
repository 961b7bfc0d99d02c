import { OutputText } from '../output-text';

function shown(output: OutputText): string {
  return output.blocks.map(block => block.text).join('');
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
