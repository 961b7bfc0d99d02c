import type { IJobSummary } from '../api/types';

/** The filters that can be written into the search field as `filter:value`. */
const FILTERS = ['user', 'state', 'partition', 'account', 'qos'] as const;
type Filter = (typeof FILTERS)[number];

/** The states that are completed even if no job is in them. */
const STATES = ['pending', 'running', 'completed', 'failed', 'cancelled', 'timeout', 'suspended'];

/** Begins a state's name that is not complete: the user is still typing. */
const isBeginning = (value: string) =>
  STATES.some(state => state !== value && state.startsWith(value));

/** What the search field asks for. */
export interface IJobSearch extends Partial<Record<Filter, string>> {
  /** The words that name no filter. */
  search: string;
}

/**
 * Splits `user:bob state:pending train` into filters and words.
 *
 * A filter that is given several times lets through jobs with any of its values. A filter
 * without a value, or with the beginning of a state at the end of the text, is ignored: the
 * user is still typing.
 */
export function parseSearch(text: string): IJobSearch {
  const words: string[] = [];
  const values = new Map<Filter, string[]>();
  const unfinished = text.match(/\S*$/)?.[0];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const [name, value] = splitToken(word);
    if (name === null) {
      words.push(word);
    } else if (name === 'state' && word === unfinished && isBeginning(value.toLowerCase())) {
      continue;
    } else if (value) {
      values.set(name, [...(values.get(name) ?? []), value]);
    }
  }
  const filters = [...values].map(([name, given]) => [name, given.join(',')]);
  return { ...Object.fromEntries(filters), search: words.join(' ') };
}

/** The texts that `text` can be completed to, by what is in `rows`. */
export function completeSearch(text: string, rows: readonly IJobSummary[]): string[] {
  const start = text.search(/\S*$/);
  const before = text.slice(0, start);
  const word = text.slice(start);
  const [name, value] = splitToken(word);
  const candidates =
    name === null
      ? FILTERS.map(filter => `${filter}:`)
      : valuesOf(name, rows)
          .filter(known => known !== value)
          .map(known => `${name}:${known}`);
  return candidates
    .filter(candidate => candidate.toLowerCase().startsWith(word.toLowerCase()))
    .map(candidate => before + candidate);
}

function splitToken(word: string): [Filter | null, string] {
  const colon = word.indexOf(':');
  const name = FILTERS.find(filter => filter === word.slice(0, Math.max(colon, 0)).toLowerCase());
  return name === undefined ? [null, ''] : [name, word.slice(colon + 1)];
}

/** The most values that are offered. */
const MAX_VALUES = 20;

function valuesOf(filter: Filter, rows: readonly IJobSummary[]): string[] {
  const found =
    filter === 'state'
      ? [...STATES, ...rows.map(row => row.state.toLowerCase())]
      : // A pending job may name several partitions.
        rows.flatMap(row => row[filter].split(',')).sort();
  return [...new Set(found.filter(Boolean))].slice(0, MAX_VALUES);
}
