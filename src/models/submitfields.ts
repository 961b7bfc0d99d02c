import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { RJSFSchema, UiSchema } from '@rjsf/utils';

import type { IFormDescription, Options } from '../api/submit';

/** The form in two parts, and the options that it has no field for. */
export interface IFormParts {
  basic: RJSFSchema;
  advanced: RJSFSchema;
  uiSchema: UiSchema<ReadonlyJSONObject>;
  /** Options of the script without a field, by key. */
  others: string[];
}

/**
 * Divides a cluster's form into what everybody needs and the rest (`"advanced": true` in
 * the field's `ui:options`), with every value that the script has among its choices.
 */
export function formParts(form: IFormDescription, options: Options): IFormParts {
  const properties = (form.schema.properties ?? {}) as Record<string, RJSFSchema>;
  const keys = orderOf(form, Object.keys(properties));
  const isAdvanced = (key: string) => form.uiSchema[key]?.['ui:options']?.advanced === true;
  const part = (chosen: string[]): RJSFSchema => ({
    type: 'object',
    properties: Object.fromEntries(
      chosen.map(key => [key, withChoice(properties[key], options[key])])
    )
  });
  const uiSchema = { ...form.uiSchema };
  // Said of all fields at once, it would not fit either part.
  delete uiSchema['ui:order'];
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
 * A field whose choices include what the script says, so that it is not hidden.
 *
 * As `enum`, where the cluster's form has `oneOf` with constants: from those the form
 * library would choose the first by itself, and a choice must be the person's.
 */
function withChoice(field: RJSFSchema, value: Options[string] | undefined): RJSFSchema {
  const { oneOf, ...rest } = field;
  if (oneOf === undefined) {
    return field;
  }
  const choices = (oneOf as RJSFSchema[]).map(({ const: choice, title }) => ({
    choice,
    title: title ?? String(choice)
  }));
  const given = value !== undefined && value !== null && value !== '';
  if (given && choices.every(({ choice }) => choice !== value)) {
    choices.push({ choice: value, title: String(value) });
  }
  return {
    ...rest,
    enum: choices.map(({ choice }) => choice ?? null),
    enumNames: choices.map(({ title }) => title)
  } as RJSFSchema;
}
