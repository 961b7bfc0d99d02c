import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, errorIcon, infoIcon, offlineBoltIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { ApiError } from '../api/request';
import { describeError } from '../models/errorwords';
import { useRemedy } from './remedy';

/** A line above a list: why it is old, or what it does not show. */
export function Banner(props: {
  tone: 'warning' | 'info';
  text: string;
  advice?: string;
  action?: { label: string; run: () => void };
}): JSX.Element {
  const Icon = (props.tone === 'warning' ? offlineBoltIcon : infoIcon).react;
  return (
    <div className={`jp-SlurmBanner jp-mod-${props.tone}`} role="status">
      <Icon className="jp-SlurmBanner-icon" tag="span" aria-hidden="true" />
      <span className="jp-SlurmBanner-text">
        {props.text}
        {props.advice ? <span className="jp-SlurmBanner-advice">{props.advice}</span> : null}
      </span>
      {props.action ? (
        <button type="button" className="jp-SlurmBanner-action" onClick={props.action.run}>
          {props.action.label}
        </button>
      ) : null}
    </div>
  );
}

/** A whole section that has nothing to list: why, and what to do. */
export function Placeholder(props: {
  title: string;
  text?: string;
  action?: { label: string; run: () => void };
}): JSX.Element {
  return (
    <div className="jp-SlurmPlaceholder">
      <p className="jp-SlurmPlaceholder-title">{props.title}</p>
      {props.text ? <p className="jp-SlurmPlaceholder-text">{props.text}</p> : null}
      {props.action ? (
        <Button className="jp-mod-styled" onClick={props.action.run}>
          {props.action.label}
        </Button>
      ) : null}
    </div>
  );
}

/** A section that could not be read at all. */
export function Failure(props: {
  error: ApiError;
  trans: TranslationBundle;
  retry: () => void;
}): JSX.Element {
  const { error, trans, retry } = props;
  const { text, advice } = describeError(error, trans);
  const remedy = useRemedy(error);
  return (
    <div className="jp-SlurmPlaceholder jp-mod-error" role="alert">
      <errorIcon.react className="jp-SlurmPlaceholder-icon" tag="span" aria-hidden="true" />
      <p className="jp-SlurmPlaceholder-title">{text}</p>
      {advice ? <p className="jp-SlurmPlaceholder-text">{advice}</p> : null}
      {error.slurmText ? (
        <p className="jp-SlurmPlaceholder-slurm">{trans.__('Slurm says: %1', error.slurmText)}</p>
      ) : null}
      {remedy?.advice ? <p className="jp-SlurmPlaceholder-text">{remedy.advice}</p> : null}
      {remedy?.action ? (
        <Button className="jp-mod-styled jp-mod-accept" onClick={remedy.action.run}>
          {remedy.action.label}
        </Button>
      ) : (
        <Button className="jp-mod-styled" onClick={retry}>
          {trans.__('Try again')}
        </Button>
      )}
    </div>
  );
}

/** A section before its first answer. */
export function Waiting(props: { label: string }): JSX.Element {
  return (
    <div className="jp-SlurmWaiting" role="status" aria-busy="true">
      <span className="jp-SlurmWaiting-label">{props.label}</span>
      {[0, 1, 2].map(line => (
        <span key={line} className="jp-SlurmWaiting-line" aria-hidden="true" />
      ))}
    </div>
  );
}
