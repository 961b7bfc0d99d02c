import { closeIcon, searchIcon } from '@jupyterlab/ui-components';
import React from 'react';

/** Milliseconds without typing before the filter is applied. */
const TYPING_PAUSE = 250;

/** A search field; `onChange` is called when the user stops typing. */
export function FilterBox(props: {
  value: string;
  label: string;
  clearLabel: string;
  onChange: (value: string) => void;
  /** What can be written, as the title. */
  hint?: string;
  /** The texts that a text can be completed to. */
  complete?: (text: string) => string[];
}): JSX.Element {
  const { value, label, onChange, complete } = props;
  const listId = React.useId();
  const [text, setText] = React.useState(value);
  const [previous, setPrevious] = React.useState(value);
  if (value !== previous) {
    setPrevious(value);
    setText(value);
  }
  const latest = React.useRef(onChange);
  React.useEffect(() => {
    latest.current = onChange;
  }, [onChange]);
  React.useEffect(() => {
    if (text === value) {
      return;
    }
    const timer = setTimeout(() => latest.current(text), TYPING_PAUSE);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <div className="jp-SlurmFilter">
      <searchIcon.react className="jp-SlurmFilter-icon" tag="span" aria-hidden="true" />
      <input
        type="text"
        role={complete ? undefined : 'searchbox'}
        list={complete ? listId : undefined}
        autoComplete="off"
        title={props.hint}
        className="jp-SlurmFilter-input"
        aria-label={label}
        placeholder={label}
        spellCheck={false}
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            onChange(text);
          } else if (event.key === 'Escape') {
            onChange('');
            setText('');
          }
        }}
      />
      {complete ? (
        <datalist id={listId}>
          {complete(text).map(completed => (
            <option key={completed} value={completed} />
          ))}
        </datalist>
      ) : null}
      {text ? (
        <button
          type="button"
          className="jp-SlurmFilter-clear"
          title={props.clearLabel}
          aria-label={props.clearLabel}
          onClick={() => {
            setText('');
            onChange('');
          }}
        >
          <closeIcon.react tag="span" aria-hidden="true" />
        </button>
      ) : null}
    </div>
  );
}
