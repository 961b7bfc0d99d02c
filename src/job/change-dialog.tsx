import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { ApiError } from '../api/request';
import type { IJob, IJobUpdate } from '../api/types';
import { errorText } from '../words/errors';
import { formatMinutes } from '../words/format';

/**
 * Shows a dialog to change a job, and changes it.
 *
 * If Slurm refuses, the dialog opens again with the values and the error.
 *
 * @returns whether the job was changed
 */
export async function changeJob(
  job: IJob,
  change: (changes: IJobUpdate) => Promise<void>,
  trans: TranslationBundle
): Promise<boolean> {
  const before = valuesOf(job, trans);
  let values = before;
  let error: IChangeError | null = null;
  for (;;) {
    const body = new ChangeBody(values, error, trans);
    const { button, value } = await showDialog({
      title: trans.__('Change job %1', job.id),
      body,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Change') })
      ],
      focusNodeSelector: 'input'
    });
    if (!button.accept || value === null) {
      return false;
    }
    values = value;
    const changes = changesOf(before, values);
    if (Object.keys(changes).length === 0) {
      return false;
    }
    try {
      await change(changes);
      return true;
    } catch (problem) {
      const field = problem instanceof ApiError ? problem.field : null;
      error = { field, text: errorText(problem, trans) };
    }
  }
}

class ChangeBody extends ReactWidget implements Dialog.IBodyWidget<ChangeValues> {
  constructor(
    private _values: ChangeValues,
    private readonly _error: IChangeError | null,
    private readonly _trans: TranslationBundle
  ) {
    super();
  }

  getValue(): ChangeValues {
    return this._values;
  }

  protected render(): JSX.Element {
    return (
      <JobChangeFields
        values={this._values}
        error={this._error}
        onChange={values => {
          this._values = values;
        }}
        trans={this._trans}
      />
    );
  }
}

/** The values of the fields, as the user types them. */
type ChangeKey = Exclude<keyof IJobUpdate, 'priority' | 'requeue' | 'time_minimum' | 'deadline'>;
type ChangeValues = Record<ChangeKey, string>;

interface IChangeError {
  field: string | null;
  text: string;
}

/** The current values of a job. */
export function valuesOf(job: IJob, trans: TranslationBundle): ChangeValues {
  return {
    time_limit: job.time_limit === 'UNLIMITED' ? 'UNLIMITED' : formatMinutes(job.time_limit, trans),
    partition: job.partition,
    qos: job.qos,
    account: job.account,
    name: job.name,
    nice: String(job.nice ?? 0),
    dependency: job.dependency,
    begin: '',
    comment: job.comment,
    constraints: job.constraints,
    nodes: String(job.node_count ?? ''),
    reservation: job.reservation,
    required_nodes: job.required_nodes,
    excluded_nodes: job.excluded_nodes,
    licenses: job.licenses
  };
}

/** The values that differ. */
export function changesOf(before: ChangeValues, after: ChangeValues): IJobUpdate {
  const changed = (Object.keys(after) as ChangeKey[]).filter(key => after[key] !== before[key]);
  return Object.fromEntries(
    changed.map(key => [key, key === 'nice' ? Number(after.nice) : after[key].trim()])
  );
}

interface IJobUpdateProps {
  values: ChangeValues;
  error: IChangeError | null;
  onChange: (values: ChangeValues) => void;
  trans: TranslationBundle;
}

/** The fields of the dialog that changes a job. */
function JobChangeFields(props: IJobUpdateProps): JSX.Element {
  const { error, trans } = props;
  const [values, setValues] = React.useState(props.values);
  const fields: [ChangeKey, string, string][] = [
    ['time_limit', trans.__('Time limit'), trans.__('For example 1:30:00 or 2-12:00:00')],
    ['partition', trans.__('Partition'), ''],
    ['qos', trans.__('QOS'), ''],
    ['account', trans.__('Account'), ''],
    ['name', trans.__('Name'), ''],
    ['nodes', trans.__('Nodes'), ''],
    ['constraints', trans.__('Features'), ''],
    ['reservation', trans.__('Reservation'), ''],
    ['required_nodes', trans.__('Required nodes'), ''],
    ['excluded_nodes', trans.__('Excluded nodes'), ''],
    ['licenses', trans.__('Licenses'), ''],
    ['dependency', trans.__('Dependency'), trans.__('For example afterok:123')],
    ['begin', trans.__('Begin time'), trans.__('For example now+1hour')],
    ['nice', trans.__('Nice'), trans.__('Higher values lower the priority')],
    ['comment', trans.__('Comment'), '']
  ];
  return (
    <div className="jp-SlurmChange">
      {error !== null && (
        <p className="jp-SlurmChange-error" role="alert">
          {error.text}
        </p>
      )}
      {fields.map(([key, label, hint]) => (
        <label key={key} className="jp-SlurmChange-field">
          <span>{label}</span>
          <input
            className="jp-mod-styled"
            name={key}
            type={key === 'nice' ? 'number' : 'text'}
            placeholder={hint}
            value={values[key]}
            aria-invalid={error?.field === key}
            onChange={event => {
              const changed = { ...values, [key]: event.target.value };
              setValues(changed);
              props.onChange(changed);
            }}
          />
        </label>
      ))}
    </div>
  );
}
