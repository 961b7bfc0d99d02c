import { closeIcon, searchIcon } from '@jupyterlab/ui-components';
import React from 'react';

/** Milliseconds without a key before the list is asked for anew. */
const PAUSE = 250;

/** A field for words to look for; `onChange` is called when the person pauses. */
export function FilterBox(props: {
  value: string;
  label: string;
  clearLabel: string;
  onChange: (value: string) => void;
}): JSX.Element {
  const { value, label, onChange } = props;
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
    const timer = setTimeout(() => latest.current(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <div className="jp-SlurmFilter">
      <searchIcon.react className="jp-SlurmFilter-icon" tag="span" aria-hidden="true" />
      <input
        type="text"
        role="searchbox"
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
