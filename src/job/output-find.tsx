import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { findText, highlight, type IMatch, rangeOf } from './output-search';

/** What is searched for in the output, and where it was found. */
export interface IOutputSearch {
  query: string;
  matches: readonly IMatch[];
  /** The number of the selected match; -1 if none is. */
  current: number;
  setQuery: (query: string) => void;
  select: (current: number) => void;
  /** Search again, as the text has changed. */
  refresh: () => void;
}

/** Searches the text of an element. */
export function useOutputSearch(view: React.RefObject<HTMLElement>): IOutputSearch {
  const [query, setQuery] = React.useState('');
  const [current, setCurrent] = React.useState(-1);
  const [matches, setMatches] = React.useState<readonly IMatch[]>([]);
  // Text is drawn long after it arrived, when the query may be another.
  const latest = React.useRef('');

  const refresh = React.useCallback(() => {
    setMatches(view.current === null ? [] : findText(view.current, latest.current));
  }, [view]);

  React.useEffect(() => {
    highlight(matches, current);
    return () => highlight([], -1);
  }, [current, matches]);

  return {
    query,
    matches,
    current,
    setQuery: text => {
      latest.current = text;
      setQuery(text);
      setCurrent(-1);
      refresh();
    },
    select: setCurrent,
    refresh
  };
}

interface IOutputFindProps {
  search: IOutputSearch;
  /** The element that has the text and scrolls. */
  view: React.RefObject<HTMLElement>;
  trans: TranslationBundle;
}

/** A field that finds text in the output that is shown. */
export function OutputFind(props: IOutputFindProps): JSX.Element {
  const { search, trans, view } = props;
  const { current, matches, query, setQuery } = search;
  const count = matches.length;

  const show = (at: number) => {
    if (count > 0) {
      const next = (at + count) % count;
      search.select(next);
      scrollTo(view.current, rangeOf(matches[next]));
    }
  };

  return (
    <span className="jp-SlurmOutput-find" role="search">
      <input
        type="search"
        placeholder={trans.__('Find')}
        aria-label={trans.__('Find in the output')}
        value={query}
        onChange={event => setQuery(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault();
            show(event.shiftKey ? Math.max(current, 0) - 1 : current + 1);
          } else if (event.key === 'Escape' && query !== '') {
            event.stopPropagation();
            setQuery('');
          }
        }}
      />
      {query !== '' && (
        <>
          <span className="jp-SlurmOutput-count" role="status">
            {count === 0
              ? trans.__('No matches')
              : current < 0
                ? trans._n('%1 match', '%1 matches', count)
                : trans.__('%1 of %2', Math.min(current + 1, count), count)}
          </span>
          <button
            type="button"
            className="jp-SlurmButton"
            title={trans.__('Previous match')}
            aria-label={trans.__('Previous match')}
            disabled={count === 0}
            onClick={() => show(Math.max(current, 0) - 1)}
          >
            <caretUpIcon.react tag="span" aria-hidden="true" />
          </button>
          <button
            type="button"
            className="jp-SlurmButton"
            title={trans.__('Next match')}
            aria-label={trans.__('Next match')}
            disabled={count === 0}
            onClick={() => show(current + 1)}
          >
            <caretDownIcon.react tag="span" aria-hidden="true" />
          </button>
        </>
      )}
    </span>
  );
}

/** Scrolls a range into the middle of an element: a block of text has many lines. */
function scrollTo(view: HTMLElement | null, range: Range): void {
  if (view === null || typeof range.getBoundingClientRect !== 'function') {
    return;
  }
  const { bottom, left, right, top } = range.getBoundingClientRect();
  const frame = view.getBoundingClientRect();
  if (top < frame.top || bottom > frame.bottom) {
    view.scrollTop += top - frame.top - frame.height / 2;
  }
  if (left < frame.left || right > frame.right) {
    view.scrollLeft += left - frame.left - frame.width / 2;
  }
}
