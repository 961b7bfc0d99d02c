import type { TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { ErrorSchema, RJSFSchema, UiSchema, ValidatorType } from '@rjsf/utils';
import React from 'react';

import type { ApiError } from '../api/request';
import type { IFormDescription, Options } from '../api/submit';
import { formParts } from '../models/submitfields';
import { SubmitField, SubmitFields } from './submit-field';

export interface ISubmitFormProps {
  /** What the ids of its fields begin with. */
  id: string;
  form: IFormDescription;
  options: Options;
  errors: Record<string, ApiError>;
  onChange: (options: Partial<Options>) => void;
  /** What rjsf understands schemas with. */
  validator: ValidatorType<ReadonlyJSONObject>;
  trans: TranslationBundle;
}

const TEMPLATES = { FieldTemplate: SubmitField, ObjectFieldTemplate: SubmitFields };

/** The options of a job as a form. What is right, the server says: see `errors`. */
export function SubmitForm(props: ISubmitFormProps): JSX.Element {
  const { errors, form, options, trans } = props;
  const parts = formParts(form, options);
  const advanced = Object.keys(parts.advanced.properties ?? {});
  // Open while something in it is set or wrong, then as the person leaves it.
  const needed = advanced.some(key => key in errors || (options[key] ?? '') !== '');
  return (
    <div className="jp-SlurmSubmit-fields">
      <Part {...props} schema={parts.basic} uiSchema={parts.uiSchema} />
      {advanced.length > 0 && (
        <details open={needed || undefined}>
          <summary>{trans.__('Advanced')}</summary>
          <Part {...props} schema={parts.advanced} uiSchema={parts.uiSchema} />
        </details>
      )}
      {parts.others.length > 0 && (
        <p className="jp-SlurmSubmit-others">
          {trans.__('Also set in the script: %1', parts.others.map(asOption).join(', '))}
        </p>
      )}
    </div>
  );
}

function asOption(key: string): string {
  return `--${key.replace(/_/g, '-')}`;
}

interface IPartProps extends ISubmitFormProps {
  schema: RJSFSchema;
  uiSchema: UiSchema<ReadonlyJSONObject>;
}

function Part(props: IPartProps): JSX.Element {
  const { errors, onChange, options, schema, uiSchema } = props;
  const keys = Object.keys(schema.properties ?? {});
  const only = <T,>(values: Partial<Record<string, T>>) =>
    Object.fromEntries(keys.filter(key => key in values).map(key => [key, values[key]]));
  const extraErrors: ErrorSchema = {};
  for (const key of keys.filter(candidate => candidate in errors)) {
    extraErrors[key] = { __errors: [words(errors[key])] } as ErrorSchema;
  }
  return (
    <FormComponent
      schema={schema}
      uiSchema={uiSchema}
      idPrefix={props.id}
      formData={only(options) as ReadonlyJSONObject}
      validator={props.validator}
      noValidate
      extraErrors={extraErrors}
      showErrorList={false}
      tagName="div"
      templates={TEMPLATES}
      formContext={{}}
      onChange={({ formData }) => {
        const given = (formData ?? {}) as Partial<Options>;
        onChange({
          ...options,
          ...Object.fromEntries(keys.map(key => [key, given[key]]))
        });
      }}
    />
  );
}

function words(error: ApiError): string {
  return [error.message, error.advice].filter(text => text !== '').join(' ');
}
