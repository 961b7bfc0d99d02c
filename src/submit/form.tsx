import type { TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import {
  descriptionId,
  errorId,
  type ErrorSchema,
  type FieldTemplateProps,
  helpId,
  type ObjectFieldTemplateProps,
  type RJSFSchema,
  type UiSchema,
  type ValidatorType
} from '@rjsf/utils';
import React from 'react';

import type { ApiError } from '../api/request';
import type { IFormDescription, Options } from '../api/submit';
import { showError } from '../dialogs/errors';

interface ISubmitFormProps {
  /** The prefix of the fields' ids. */
  id: string;
  form: IFormDescription;
  options: Options;
  /** What is wrong with each rejected option. */
  errors: Record<string, ApiError>;
  /** Options that a message elsewhere is about. */
  marked: ReadonlySet<string>;
  onChange: (options: Partial<Options>) => void;
  /** Lets the user choose the working directory; without it, there is no button. */
  chooseFolder?: () => Promise<void>;
  /** The schema validator that rjsf requires. */
  validator: ValidatorType<ReadonlyJSONObject>;
  trans: TranslationBundle;
}

/** What fields get from the form. */
interface IFormContext {
  chooseFolder?: () => Promise<void>;
  trans: TranslationBundle;
}

/** The error of a field that is only marked. */
const MARK = ' ';

const TEMPLATES = { FieldTemplate: SubmitField, ObjectFieldTemplate: SubmitFields };

/** The options of a job as a form. The server validates them: see `errors`. */
export function SubmitForm(props: ISubmitFormProps): JSX.Element {
  const { errors, form, options, trans } = props;
  const parts = formParts(form, options);
  const advanced = Object.keys(parts.advanced.properties ?? {});
  // Open if an advanced option is set or invalid, otherwise as the user leaves it.
  const needed = advanced.some(
    key => key in errors || props.marked.has(key) || (options[key] ?? '') !== ''
  );
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
  const { errors, marked, onChange, options, schema, uiSchema } = props;
  const keys = Object.keys(schema.properties ?? {});
  const only = <T,>(values: Partial<Record<string, T>>) =>
    Object.fromEntries(keys.filter(key => key in values).map(key => [key, values[key]]));
  const extraErrors: ErrorSchema = {};
  for (const key of keys) {
    if (key in errors || marked.has(key)) {
      // A field whose error is told elsewhere is only marked.
      const told = key in errors ? words(errors[key]) : MARK;
      extraErrors[key] = { __errors: [told] } as ErrorSchema;
    }
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
      formContext={{ chooseFolder: props.chooseFolder, trans: props.trans } satisfies IFormContext}
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

/**
 * One field of the submit form.
 *
 * In JupyterLab's template, labels are headings without a link to their inputs. Here the
 * label, the help and the errors belong to the input.
 */
function SubmitField(props: FieldTemplateProps): JSX.Element {
  const { children, displayLabel, id, label, rawErrors = [], rawHelp, schema } = props;
  const told = rawErrors.join(' ').trim();
  if (!displayLabel || schema.type === 'object') {
    return children;
  }
  return (
    <div
      className={[
        'jp-SlurmField',
        rawErrors.length > 0 ? 'jp-mod-error' : '',
        schema.enum === undefined ? '' : 'jp-mod-choice'
      ].join(' ')}
    >
      <label className="jp-SlurmField-label" htmlFor={id}>
        {label}
      </label>
      {children}
      {id.endsWith('_chdir') && <FolderButton {...(props.formContext as IFormContext)} />}
      {told !== '' && (
        <p className="jp-SlurmField-error" id={errorId(id)} role="alert">
          {told}
        </p>
      )}
      {schema.description !== undefined && (
        <p className="jp-SlurmField-help" id={descriptionId(id)}>
          {schema.description}
        </p>
      )}
      {rawHelp !== undefined && (
        <p className="jp-SlurmField-help" id={helpId(id)}>
          {rawHelp}
        </p>
      )}
    </div>
  );
}

/** Chooses the working directory as in the file browser. */
function FolderButton({ chooseFolder, trans }: IFormContext): JSX.Element | null {
  return chooseFolder === undefined ? null : (
    <button
      type="button"
      className="jp-SlurmLink jp-SlurmField-action"
      onClick={() => {
        chooseFolder().catch(reason =>
          showError(trans.__('Could not choose the folder'), reason, trans)
        );
      }}
    >
      {trans.__('Choose a folder…')}
    </button>
  );
}

/** The fields of the form. */
function SubmitFields(props: ObjectFieldTemplateProps): JSX.Element {
  return <div className="jp-SlurmFields">{props.properties.map(property => property.content)}</div>;
}

/** The form in two parts, and the options that have no field. */
interface IFormParts {
  basic: RJSFSchema;
  advanced: RJSFSchema;
  uiSchema: UiSchema<ReadonlyJSONObject>;
  /** The keys of options in the script that have no field. */
  others: string[];
}

/**
 * Divides a cluster's form into basic and advanced fields (`"advanced": true` in their
 * `ui:options`), and adds the script's values to the choices.
 */
function formParts(form: IFormDescription, options: Options): IFormParts {
  const properties = (form.schema.properties ?? {}) as Record<string, RJSFSchema>;
  const keys = orderOf(form, Object.keys(properties));
  const isAdvanced = (key: string) => form.uiSchema[key]?.['ui:options']?.advanced === true;
  const uiSchema = { ...form.uiSchema };
  // It names the fields of both parts.
  delete uiSchema['ui:order'];
  const fields: Record<string, RJSFSchema> = {};
  for (const key of keys) {
    const choices = choicesOf(properties[key], options[key]);
    if (choices === null) {
      fields[key] = properties[key];
    } else {
      fields[key] = { ...properties[key], enum: choices.map(choice => choice.value) };
      delete fields[key].oneOf;
      uiSchema[key] = { ...uiSchema[key], 'ui:enumNames': choices.map(choice => choice.title) };
    }
  }
  const part = (chosen: string[]): RJSFSchema => ({
    type: 'object',
    properties: Object.fromEntries(chosen.map(key => [key, fields[key]]))
  });
  return {
    basic: part(keys.filter(key => !isAdvanced(key))),
    advanced: part(keys.filter(isAdvanced)),
    uiSchema,
    others: Object.keys(options).filter(
      key => !(key in properties) && options[key] !== null && options[key] !== ''
    )
  };
}

function orderOf(form: IFormDescription, keys: string[]): string[] {
  const order = (form.uiSchema['ui:order'] ?? []) as string[];
  return [...order.filter(key => keys.includes(key)), ...keys.filter(key => !order.includes(key))];
}

/**
 * The choices of a field, including the script's value; null for a text field.
 *
 * The form gets them as `enum` instead of the server's `oneOf`: with that, the form library
 * would select the first choice by itself.
 */
function choicesOf(
  field: RJSFSchema,
  value: Options[string] | undefined
): { value: string; title: string }[] | null {
  if (field.oneOf === undefined) {
    return null;
  }
  const choices = (field.oneOf as RJSFSchema[]).map(choice => ({
    value: String(choice.const),
    title: choice.title ?? String(choice.const)
  }));
  const given = value === undefined || value === null ? '' : String(value);
  return given === '' || choices.some(choice => choice.value === given)
    ? choices
    : [...choices, { value: given, title: given }];
}
