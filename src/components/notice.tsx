import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, errorIcon, infoIcon, offlineBoltIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { Poller } from '../api/poller';
import type { ApiError } from '../api/request';
import { describeError } from '../words/errors';
import { formatRelative } from '../words/format';
import { useNow } from './hooks';
import { useRemedy } from './remedy';

/** A message above a list. */
function Banner(props: {
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

/** Shown instead of an empty list: why it is empty, and what to do. */
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

/** Shown instead of a list that could not be loaded. */
export function ErrorPlaceholder(props: {
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
          {trans.__('Retry')}
        </Button>
      )}
    </div>
  );
}

/** Shown instead of a list until it is loaded. */
export function Loading(props: { label: string }): JSX.Element {
  return (
    <div className="jp-SlurmLoading" role="status" aria-busy="true">
      <span className="jp-SlurmLoading-label">{props.label}</span>
      {[0, 1, 2].map(line => (
        <span key={line} className="jp-SlurmLoading-line" aria-hidden="true" />
      ))}
    </div>
  );
}

interface IInlineErrorProps {
  error: ApiError;
  trans: TranslationBundle;
  /** Retries the request; without it, there is no button. */
  onRetry?: () => void;
  /** An additional sentence, as "Last updated 3 minutes ago." */
  note?: string;
}

/** An error inside a view: what is wrong, what to do, and Slurm's own message. */
export function InlineError(props: IInlineErrorProps): JSX.Element {
  const { error, note, onRetry, trans } = props;
  const { advice, text } = describeError(error, trans);
  const remedy = useRemedy(error);
  return (
    <div className="jp-SlurmError" role="alert">
      <errorIcon.react tag="span" className="jp-SlurmError-icon" aria-hidden="true" />
      <div className="jp-SlurmError-text">
        <p>{text}</p>
        {advice !== '' && <p>{advice}</p>}
        {error.slurmText !== '' && error.slurmText !== error.message && (
          <p>{trans.__('Slurm says: %1', error.slurmText)}</p>
        )}
        {remedy?.advice !== undefined && <p>{remedy.advice}</p>}
        {note !== undefined && <p>{note}</p>}
      </div>
      {remedy?.action !== undefined && (
        <button type="button" className="jp-SlurmButton" onClick={remedy.action.run}>
          {remedy.action.label}
        </button>
      )}
      {onRetry !== undefined && (
        <button type="button" className="jp-SlurmButton" onClick={onRetry}>
          {trans.__('Retry')}
        </button>
      )}
    </div>
  );
}

/** Tells above a list that it is outdated, and why, or what it leaves out. */
export function ListBanners(props: {
  model: { readonly poller: Poller; readonly note: string };
  trans: TranslationBundle;
}): JSX.Element | null {
  const { model, trans } = props;
  const { note, poller } = model;
  const { asOf, error, stale } = poller;
  const now = useNow(5);
  const remedy = useRemedy(error);
  if (stale && asOf !== null) {
    return (
      <Banner
        tone="warning"
        text={trans.__('Last updated %1.', formatRelative(Math.min(asOf, now), now, trans))}
        advice={error ? describeError(error, trans).text : note}
        action={
          remedy?.action ?? { label: trans.__('Retry'), run: () => void poller.refresh('manual') }
        }
      />
    );
  }
  return note ? <Banner tone="info" text={note} /> : null;
}
