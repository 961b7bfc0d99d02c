import { waitFor } from '@testing-library/react';

import type { Stream } from '../../api/jobs';
import type { IOutputChunk } from '../../api/types';
import { JobOutputModel } from '../output-model';

/** A file on the server, read in chunks from its last `tail` bytes on. */
class OutputFile {
  text = '';
  finished = false;
  missing = false;
  tail = 20;
  chunk = 10;
  readonly requests: { stream: Stream; offset: number | null }[] = [];

  output = async (stream: Stream, offset: number | null): Promise<IOutputChunk> => {
    this.requests.push({ stream, offset });
    if (this.missing) {
      const at = offset ?? 0;
      return {
        path: '/x.out',
        size: 0,
        offset: at,
        next_offset: at,
        text: '',
        finished: this.finished,
        truncated_start: false,
        note: 'There is no such file here.',
        contents_path: ''
      };
    }
    const size = this.text.length;
    const beyond = offset !== null && offset > size;
    const start = offset === null ? Math.max(0, size - this.tail) : beyond ? 0 : offset;
    const text = this.text.slice(start, start + this.chunk);
    return {
      path: `/home/alice/${stream}`,
      size,
      offset: start,
      next_offset: start + text.length,
      text,
      finished: this.finished && start + text.length === size,
      truncated_start: offset === null && start > 0,
      note: '',
      contents_path: ''
    };
  };
}

function begin(file: OutputFile) {
  const model = new JobOutputModel({ api: file, name: 'test', interval: 0.01 });
  return { model, shown: () => model.text.blocks.map(block => block.text).join('') };
}

const wait = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));

describe('JobOutputModel', () => {
  it('follows a file while it is shown', async () => {
    const file = new OutputFile();
    const { model, shown } = begin(file);
    file.text = 'one\n';
    model.poller.active = true;
    await waitFor(() => expect(shown()).toBe('one\n'));
    file.text += 'two\n';
    await waitFor(() => expect(shown()).toBe('one\ntwo\n'));
    model.poller.active = false;
    await wait(20);
    const requests = file.requests.length;
    await wait(40);
    expect(file.requests.length).toBe(requests);
    model.dispose();
  });

  it('shows the end of a large file, and says that it is the end', async () => {
    const file = new OutputFile();
    file.text = 'x'.repeat(100) + '\nthe very end';
    file.finished = true;
    const { model, shown } = begin(file);
    await model.refresh();
    expect(shown().endsWith('the very end')).toBe(true);
    expect(shown().length).toBe(20);
    expect(model.truncated).toBe(true);
    model.dispose();
  });

  it('stops when the job has ended and all was read', async () => {
    const file = new OutputFile();
    file.text = 'done\n';
    file.finished = true;
    const { model, shown } = begin(file);
    model.poller.active = true;
    await waitFor(() => expect(shown()).toBe('done\n'));
    await wait(60);
    expect(file.requests).toHaveLength(1);
    model.dispose();
  });

  it('starts over when the file was replaced', async () => {
    const file = new OutputFile();
    file.text = 'first run\n';
    const { model, shown } = begin(file);
    await model.refresh();
    file.text = 'again\n';
    await model.refresh();
    expect(shown()).toBe('again\n');
    expect(model.truncated).toBe(false);
    model.dispose();
  });

  it('says which file cannot be read, and reads it once it is there', async () => {
    const file = new OutputFile();
    file.missing = true;
    const { model, shown } = begin(file);
    await model.refresh();
    expect(model.file?.note).toBe('There is no such file here.');
    expect(shown()).toBe('');
    file.missing = false;
    file.text = 'here\n';
    await model.refresh();
    expect(model.file?.note).toBe('');
    expect(shown()).toBe('here\n');
    model.dispose();
  });

  it('does not mix the two streams', async () => {
    const file = new OutputFile();
    file.text = 'out\n';
    const { model, shown } = begin(file);
    await model.refresh();
    const late = model.refresh();
    model.setStream('stderr');
    file.text = 'err\n';
    await late;
    await model.refresh();
    expect(file.requests.slice(-1)[0].stream).toBe('stderr');
    expect(shown()).toBe('err\n');
    model.dispose();
  });
});
