import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, infoIcon } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { ValidatorType } from '@rjsf/utils';
import React from 'react';

import { useModel } from '../components/hooks';
import { InlineError } from '../components/notice';
import { SubmitForm } from './form';
import type { SubmitModel } from './model';
import { Comparison, inOneVoice, markedFields, Problems } from './result';

interface ISubmitViewProps {
  /** Unique among the forms of the page. */
  id: string;
  model: SubmitModel;
  /** The names of the configured clusters. */
  clusters: () => readonly string[];
  onSubmit: () => void;
  onOpenJob: (id: string) => void;
  /** Moves the cursor to a position in the script. */
  onGoTo: (line: number, column: number | null) => void;
  /** Lets the user choose the working directory; without it, there is no button. */
  chooseFolder?: () => Promise<void>;
  validator: ValidatorType<ReadonlyJSONObject>;
  trans: TranslationBundle;
}

/** The form next to the script: buttons, errors and options. */
export function SubmitView(props: ISubmitViewProps): JSX.Element {
  const { model, trans } = props;
  useModel(model);
  const clusters = props.clusters();
  return (
    <div className="jp-SlurmSubmit-view">
      <SubmitHead {...props} />
      <div className="jp-SlurmSubmit-scroll">
        {clusters.length > 1 && (
          <div className="jp-SlurmField">
            <label className="jp-SlurmField-label" htmlFor={`${props.id}-cluster`}>
              {trans.__('Cluster')}
            </label>
            <select
              id={`${props.id}-cluster`}
              className="form-control"
              value={model.cluster}
              onChange={event => void model.setCluster(event.target.value)}
            >
              {clusters.map(name => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </div>
        )}
        {model.form !== null && (
          <fieldset className="jp-SlurmSubmit-fieldset" disabled={model.outOfStep}>
            {model.outOfStep && (
              <p className="jp-SlurmSubmit-paused" role="status">
                {trans.__('The form follows the script again when its errors are corrected.')}
              </p>
            )}
            <SubmitForm
              id={props.id}
              form={model.form}
              options={model.options}
              errors={model.fieldErrors}
              marked={markedFields(model)}
              onChange={options => model.change(options)}
              chooseFolder={props.chooseFolder}
              validator={props.validator}
              trans={trans}
            />
          </fieldset>
        )}
        {model.form === null && model.formError === null && (
          <p role="status">{trans.__('Loading the options of the cluster…')}</p>
        )}
        {model.formError !== null && (
          <InlineError
            error={model.formError}
            trans={trans}
            note={trans.__('You can edit and submit the script without the form.')}
            onRetry={() => void model.load()}
          />
        )}
      </div>
    </div>
  );
}

/** The buttons and their result, above the fields. */
function SubmitHead(props: ISubmitViewProps): JSX.Element {
  const { model, trans } = props;
  const { error } = model;
  return (
    <div className="jp-SlurmSubmit-head">
      <div className="jp-SlurmSubmit-buttons">
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={model.busy !== null}
          onClick={props.onSubmit}
        >
          {model.busy === 'submit' ? trans.__('Submitting…') : trans.__('Submit')}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-mod-reject"
          title={trans.__('Check the job without submitting it')}
          disabled={model.busy !== null}
          onClick={() => void model.check()}
        >
          {model.busy === 'check' ? trans.__('Checking…') : trans.__('Check')}
        </button>
      </div>
      {error !== null && !model.outOfStep && (
        <InlineError error={inOneVoice(error)} trans={trans} />
      )}
      <Problems model={model} onGoTo={props.onGoTo} trans={trans} />
      <SubmitResult {...props} />
    </div>
  );
}

/** The result of the last check or submission. */
function SubmitResult(props: ISubmitViewProps): JSX.Element {
  const { model, onOpenJob, trans } = props;
  const { submitted, warnings } = model;
  return (
    <div className="jp-SlurmSubmit-result" role="status">
      {submitted !== null && (
        <p className="jp-SlurmSubmit-good">
          <checkIcon.react tag="span" aria-hidden="true" />
          <span>
            {submitted.recovered
              ? trans.__('Submitted as job %1 (found in the queue).', submitted.job_id)
              : trans.__('Submitted as job %1.', submitted.job_id)}
          </span>
          <button
            type="button"
            className="jp-SlurmLink"
            onClick={() => onOpenJob(String(submitted.job_id))}
          >
            {trans.__('Open job')}
          </button>
        </p>
      )}
      {submitted === null && <Comparison model={model} trans={trans} />}
      {warnings.map(warning => (
        <p className="jp-SlurmSubmit-warning" key={warning}>
          <infoIcon.react tag="span" aria-hidden="true" />
          <span>{warning}</span>
        </p>
      ))}
    </div>
  );
}
