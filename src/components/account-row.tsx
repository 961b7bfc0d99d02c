import React from 'react';

/** A named value; nothing when it is empty. */
export function Row(props: { term: string; children: string }): JSX.Element | null {
  return props.children === '' ? null : (
    <div className="jp-SlurmFacts-row">
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
