import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { JSONSchema7 } from 'json-schema';

import type { IFormDescription } from '../api/submit';

/** The options and values that complete a `#SBATCH` line at the cursor; null elsewhere. */
export function completeDirective(
  context: CompletionContext,
  form: IFormDescription | null
): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  if (form === null || !/^#SBATCH\s/.test(before)) {
    return null;
  }
  const value = /\s--([a-z-]+)[=\s]([^\s=]*)$/.exec(before);
  const values = value === null ? [] : valuesOf(form, value[1].replace(/-/g, '_'));
  if (value !== null && values.length > 0) {
    return { from: context.pos - value[2].length, options: values };
  }
  const name = /\s(-{1,2}[a-z-]*)$/.exec(before);
  if (name === null && !(context.explicit && /\s$/.test(before))) {
    return null;
  }
  return {
    from: context.pos - (name?.[1].length ?? 0),
    options: form.options.map(option => ({
      label: `--${option.name}`,
      apply: option.argument === 'required' ? `--${option.name}=` : `--${option.name}`,
      // Those of the form are the usual ones.
      boost: option.name.replace(/-/g, '_') in (form.schema.properties ?? {}) ? 1 : 0
    }))
  };
}

/** The values of a field that has choices or examples. */
function valuesOf(form: IFormDescription, key: string): { label: string; detail?: string }[] {
  const field = form.schema.properties?.[key];
  if (typeof field !== 'object') {
    return [];
  }
  const choices = (field.oneOf ?? []) as JSONSchema7[];
  if (choices.length > 0) {
    return choices.map(({ const: value, title }) => ({
      label: String(value),
      detail: (title ?? '').replace(String(value), '').trim()
    }));
  }
  return ((field.examples ?? []) as unknown[]).map(example => ({ label: String(example) }));
}
