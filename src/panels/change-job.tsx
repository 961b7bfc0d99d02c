import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { ApiError } from '../api/request';
import type { IJob, IJobChange } from '../api/vocabulary';
import type { ChangeValues, IChangeError } from '../components/job-change';
import { changesOf, JobChangeFields, valuesOf } from '../components/job-change';
import { errorText } from '../models/errorwords';

/**
 * Asks what to change about a job and changes it.
 *
 * A refusal brings the dialog back with what was typed and with Slurm's reason.
 *
 * @returns whether something was changed
 */
export async function changeJob(
  job: IJob,
  change: (changes: IJobChange) => Promise<void>,
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
