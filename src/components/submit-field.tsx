import type { FieldTemplateProps, ObjectFieldTemplateProps } from '@rjsf/utils';
import { descriptionId, errorId, helpId } from '@rjsf/utils';
import React from 'react';

/**
 * One field of the submit form.
 *
 * The core template's labels are headings without a tie to their inputs; here a label is
 * a label, and help and errors are what the input is described by.
 */
export function SubmitField(props: FieldTemplateProps): JSX.Element {
  const { children, displayLabel, id, label, rawErrors = [], rawHelp, schema } = props;
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
      {rawErrors.length > 0 && (
        <p className="jp-SlurmField-error" id={errorId(id)} role="alert">
          {rawErrors.join(' ')}
        </p>
      )}
      {schema.description !== undefined && (
        <p className="jp-SlurmField-help" id={descriptionId(id)}>
          {schema.description}
        </p>
      )}
      {rawHelp !== undefined && rawErrors.length === 0 && (
        <p className="jp-SlurmField-help" id={helpId(id)}>
          {rawHelp}
        </p>
      )}
    </div>
  );
}

/** The fields of the form, one after the other. */
export function SubmitFields(props: ObjectFieldTemplateProps): JSX.Element {
  return <div className="jp-SlurmFields">{props.properties.map(property => property.content)}</div>;
}
