import { nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
// No form is drawn without it; in JupyterLab it is loaded with the form.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { customizeValidator } from '@rjsf/validator-ajv8';
import { fireEvent, render, screen } from '@testing-library/react';
import React from 'react';

import { ApiError } from '../../api/request';
import type { IFormDescription, Options } from '../../api/submit';
import { SubmitForm } from '../form';

const trans = nullTranslator.load('jupyter_slurm_rest');
const validator = customizeValidator<ReadonlyJSONObject>();

const FORM: IFormDescription = {
  schema: {
    type: 'object',
    properties: {
      job_name: { type: 'string', title: 'Name' },
      partition: {
        type: 'string',
        title: 'Partition',
        oneOf: [
          { const: 'debug', title: 'debug (30 min)' },
          { const: 'gpu', title: 'gpu (1 d)' }
        ]
      },
      ntasks: { type: 'integer', title: 'Tasks' },
      nice: { type: 'integer', title: 'Nice' }
    }
  },
  uiSchema: {
    'ui:order': ['job_name', 'partition', 'ntasks', 'nice'],
    job_name: { 'ui:help': 'What squeue shows.' },
    nice: { 'ui:options': { advanced: true } }
  },
  defaults: {},
  options: []
};

function show(options: Options, errors: Record<string, ApiError> = {}, marked: string[] = []) {
  const onChange = jest.fn();
  render(
    <SubmitForm
      id="form"
      form={FORM}
      options={options}
      errors={errors}
      marked={new Set(marked)}
      onChange={onChange}
      validator={validator}
      trans={trans}
    />
  );
  return onChange;
}

describe('SubmitForm', () => {
  it('selects nothing by itself', () => {
    const onChange = show({});
    expect(onChange).not.toHaveBeenCalled();
    expect(screen.getByLabelText<HTMLSelectElement>('Partition').value).toBe('');
  });

  it('shows a partition of the script that the cluster does not offer', () => {
    show({ partition: 'secret' });
    expect(screen.getByLabelText<HTMLSelectElement>('Partition').selectedOptions[0].text).toBe(
      'secret'
    );
  });

  it('reports one change and keeps the rest', () => {
    const onChange = show({ job_name: 'a', mail_type: 'END' });
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'ab' } });
    expect(onChange).toHaveBeenLastCalledWith(
      expect.objectContaining({ job_name: 'ab', mail_type: 'END' })
    );
  });

  it('shows an error beside its field, which it describes', () => {
    const error = new ApiError(422, { message: 'Too long.', reason: 'invalid' });
    show({ job_name: 'x' }, { job_name: error });
    const described = screen.getByLabelText('Name').getAttribute('aria-describedby') ?? '';
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toBe('Too long.');
    expect(described.split(' ')).toContain(alert.id);
  });

  it('marks a field that a message elsewhere is about, and keeps its help', () => {
    show({ job_name: 'x' }, {}, ['job_name']);
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByText('What squeue shows.')).toBeTruthy();
    expect(screen.getByLabelText('Name').closest('.jp-mod-error')).not.toBeNull();
  });

  it('opens what is advanced when it is set', () => {
    show({ nice: 5 });
    expect(screen.getByText('Advanced').closest('details')?.open).toBe(true);
  });

  it('names the options that it has no field for', () => {
    show({ mail_type: 'END', cpus_per_gpu: 2 });
    expect(screen.getByText(/--mail-type, --cpus-per-gpu/)).toBeTruthy();
  });
});
