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
  const uiSchema = { ...form.uiSchema };
  // Said of all fields at once, it would not fit either part.
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
 * The choices of a field, with what the script says among them; null for a free field.
 *
 * Given to the form as `enum`, where the cluster says `oneOf` with constants: from those
 * the form library would choose the first by itself, and a choice must be the person's.
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
