import React from 'react';

import { formatTime, isoTime } from '../words/format';

/** A named value; not shown if the value is empty. */
export type Fact = [term: string, value: React.ReactNode];

function isGiven([, value]: Fact): boolean {
  return value !== null && value !== undefined && value !== '' && value !== false;
}

interface IFactsProps {
  title: string;
  facts: Fact[];
  /** Whether the values are long and need the whole width. */
  wide?: boolean;
}

/** A list of named values. */
export function FactList(props: { facts: Fact[] }): JSX.Element {
  return (
    <dl className="jp-SlurmFacts-list">
      {props.facts.filter(isGiven).map(([term, value]) => (
        <div className="jp-SlurmFacts-row" key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A titled list of named values; nothing if every value is empty. */
export function Facts(props: IFactsProps): JSX.Element | null {
  if (!props.facts.some(isGiven)) {
    return null;
  }
  return (
    <section className={`jp-SlurmFacts ${props.wide ? 'jp-mod-wide' : ''}`}>
      <h3 className="jp-SlurmFacts-title">{props.title}</h3>
      <FactList facts={props.facts} />
    </section>
  );
}

/** A time in the user's time zone and format, with the ISO time as its title. */
export function TimeValue(props: { epoch: number }): JSX.Element {
  const iso = isoTime(props.epoch);
  return (
    <time dateTime={iso} title={iso}>
      {formatTime(props.epoch)}
    </time>
  );
}

/** A row of a list of named values; nothing if the value is empty. */
export function Row(props: { term: string; children: string }): JSX.Element | null {
  return props.children === '' ? null : (
    <div className="jp-SlurmFacts-row">
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
