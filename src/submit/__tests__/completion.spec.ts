import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';

import type { IFormDescription } from '../../api/submit';
import { completeDirective } from '../completion';

const FORM: IFormDescription = {
  schema: {
    type: 'object',
    properties: {
      partition: { type: 'string', oneOf: [{ const: 'gpu', title: 'gpu (up to 1 d)' }] },
      gpus: { type: 'string', examples: ['1', 'a100:1'] }
    }
  },
  uiSchema: {},
  defaults: {},
  options: [
    { name: 'partition', argument: 'required' },
    { name: 'hold', argument: 'none' }
  ]
};

function complete(text: string, explicit = false) {
  const state = EditorState.create({ doc: text });
  const result = completeDirective(new CompletionContext(state, text.length, explicit), FORM);
  return result && result.options.map(({ apply, label }) => apply ?? label);
}

describe('completeDirective', () => {
  it('completes options in #SBATCH lines only', () => {
    expect(complete('#!/bin/sh\n#SBATCH --pa')).toEqual(['--partition=', '--hold']);
    expect(complete('#SBATCH --hold -')).toEqual(['--partition=', '--hold']);
    expect(complete('#SBATCH ', true)).toEqual(['--partition=', '--hold']);
    expect(complete('#SBATCH ')).toBeNull();
    expect(complete('srun --pa')).toBeNull();
  });

  it('completes values of the cluster', () => {
    expect(complete('#SBATCH --partition=g')).toEqual(['gpu']);
    expect(complete('#SBATCH --gpus=')).toEqual(['1', 'a100:1']);
    expect(complete('#SBATCH --job-name=x')).toBeNull();
  });
});
