import { Sanitizer } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { job } from '../../__tests__/jobs';
import type { IOutputChunk } from '../../api/types';
import { JobOutputModel } from '../output-model';
import { findText } from '../output-search';
import { JobOutput } from '../output-view';

const trans = nullTranslator.load('jupyter_slurm_rest');

function begin(first: Partial<IOutputChunk>) {
  let text = first.text ?? '';
  const model = new JobOutputModel({
    name: 'test',
    api: {
      output: (_stream, offset) => {
        const start = offset ?? 0;
        return Promise.resolve({
          path: '/home/alice/slurm-123.out',
          size: text.length,
          offset: start,
          next_offset: text.length,
          finished: false,
          truncated_start: false,
          note: '',
          contents_path: 'slurm-123.out',
          ...first,
          text: text.slice(start)
        });
      }
    }
  });
  const files = { open: jest.fn(), download: jest.fn() };
  const element = () => (
    <JobOutput job={job()} output={model} sanitizer={new Sanitizer()} files={files} trans={trans} />
  );
  const { rerender } = render(element());
  const look = async () => {
    await model.refresh();
    rerender(element());
  };
  return {
    model,
    files,
    look,
    grow: async (more: string) => {
      text += more;
      await look();
    }
  };
}

const shown = () => screen.getByRole('region').textContent;

describe('JobOutput', () => {
  it('shows each line once, however often the file grew', async () => {
    const { grow, look, model } = begin({ text: 'one\n' });
    await look();
    await grow('two\n');
    await grow('three\n');
    await waitFor(() => expect(shown()).toBe('one\ntwo\nthree\n'));
    model.dispose();
  });

  it('shows output as text, never as HTML', async () => {
    const { look, model } = begin({ text: '<img src=x onerror=alert(1)> \u001b[31mred\u001b[0m' });
    await look();
    await waitFor(() => expect(shown()).toContain('<img src=x onerror=alert(1)> red'));
    expect(document.querySelector('img')).toBeNull();
    model.dispose();
  });

  it('shows which file cannot be read, and why', async () => {
    const { look, model } = begin({ note: 'You may not read this file.', contents_path: '' });
    await look();
    expect(screen.getByText('You may not read this file.')).toBeTruthy();
    expect(screen.getByText('/home/alice/slurm-123.out')).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
    model.dispose();
  });

  it('opens the file where JupyterLab can', async () => {
    const { files, look, model } = begin({ text: 'one\n' });
    await look();
    await userEvent.click(screen.getByRole('button', { name: 'Open in editor' }));
    expect(files.open).toHaveBeenCalledWith('slurm-123.out');
    model.dispose();
  });

  it('finds text, whatever its case and colors', async () => {
    const text = 'Error one\n\u001b[31mer\u001b[0mror two\nfine\n';
    const { look, model } = begin({ text });
    await look();
    await waitFor(() => expect(shown()).toContain('fine'));
    const field = screen.getByRole('searchbox', { name: 'Find in the output' });
    await userEvent.type(field, 'error');
    expect(screen.getByRole('status').textContent).toBe('2 matches');
    await userEvent.keyboard('{Enter}');
    expect(screen.getByRole('status').textContent).toBe('1 of 2');
    await userEvent.keyboard('{Shift>}{Enter}{/Shift}');
    expect(screen.getByRole('status').textContent).toBe('2 of 2');
    await userEvent.click(screen.getByRole('button', { name: 'Next match' }));
    expect(screen.getByRole('status').textContent).toBe('1 of 2');
    await userEvent.type(field, 's');
    expect(screen.getByText('No matches')).toBeTruthy();
    const [, second] = findText(screen.getByRole('region'), 'error');
    // It begins in one color and ends in another.
    expect(second.start.data).toBe('er');
    expect(second.end.data.slice(0, second.endOffset)).toBe('ror');
    model.dispose();
  });

  it('says that only the end of a long file is shown', async () => {
    const { look, model } = begin({ text: 'the end\n', truncated_start: true });
    await look();
    expect(screen.getByText(/Only its end/)).toBeTruthy();
    model.dispose();
  });
});
