import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Row } from '../components/facts';
import { useModel, useNow } from '../components/hooks';
import { InlineError, Loading, Placeholder } from '../components/notice';
import { lacksAccounting } from '../words/errors';
import { formatPercent, formatRelative } from '../words/format';
import { AccountLimits, QosTable } from './limits';
import type { AccountModel, IMembership } from './model';

/** The user's accounts, limits, QOS and fairshare. */
export function AccountView(props: { model: AccountModel; trans: TranslationBundle }): JSX.Element {
  const { model, trans } = props;
  useModel(model.poller);
  const now = useNow(30);
  const { account, poller } = model;
  const { asOf, error } = poller;
  const retry = () => void poller.refresh();
  if (account === null) {
    if (error === null) {
      return <Loading label={trans.__('Loading your account…')} />;
    }
    return lacksAccounting(error) ? (
      <Placeholder
        title={trans.__('This cluster has no accounting.')}
        text={trans.__(
          'There are no accounts, limits or shares: every user can use the whole cluster.'
        )}
      />
    ) : (
      <InlineError error={error} trans={trans} onRetry={retry} />
    );
  }
  const { memberships } = model;
  return (
    <>
      {error !== null && asOf !== null ? (
        <InlineError
          error={error}
          trans={trans}
          note={trans.__('Last updated %1.', formatRelative(asOf, now, trans))}
          onRetry={retry}
        />
      ) : null}
      <h2 className="jp-SlurmAccount-title">{trans.__('%1 on %2', account.user, model.cluster)}</h2>
      {memberships.length === 0 ? (
        <Placeholder
          title={trans.__('You have no Slurm account on this cluster.')}
          text={trans.__('Ask your administrator for an account. Slurm rejects jobs without one.')}
        />
      ) : (
        <>
          <h3 className="jp-SlurmFacts-title">{trans.__('Accounts')}</h3>
          <p className="jp-SlurmAccount-about">
            {trans.__(
              'Fairshare ranges from 0 to 1. The more of your share you have used recently, the lower your fairshare, and the later your jobs start.'
            )}
          </p>
          <div className="jp-SlurmAccount-cards">
            {memberships.map(membership => (
              <Membership
                key={`${membership.association.account} ${membership.association.partition}`}
                membership={membership}
                trans={trans}
              />
            ))}
          </div>
        </>
      )}
      {account.qos.length > 0 ? <QosTable qos={account.qos} trans={trans} /> : null}
    </>
  );
}

function Membership(props: { membership: IMembership; trans: TranslationBundle }): JSX.Element {
  const { trans } = props;
  const { account, accounts, association, own } = props.membership;
  const { partition } = association;
  return (
    <section className="jp-SlurmAccount-card" aria-label={association.account}>
      <h4 className="jp-SlurmAccount-name">
        {association.account}
        {association.is_default ? (
          <span className="jp-SlurmAccount-mark">{trans.__('default')}</span>
        ) : null}
      </h4>
      {partition ? <p>{trans.__('Partition %1 only', partition)}</p> : null}
      {own !== null && own.fairshare !== null ? (
        <Fairshare value={own.fairshare} trans={trans} />
      ) : null}
      <dl className="jp-SlurmFacts-list">
        <Row term={trans.__('Your share')}>
          {usage(own?.norm_shares, own?.effective_usage, trans)}
        </Row>
        <Row term={trans.__('Account share')}>
          {usage(account?.norm_shares, account?.effective_usage, trans)}
        </Row>
        <AccountLimits association={association} accounts={accounts} trans={trans} />
        <Row term={trans.__('QOS')}>
          {association.qos
            .map(name => (name === association.default_qos ? trans.__('%1 (default)', name) : name))
            .join(', ')}
        </Row>
      </dl>
    </section>
  );
}

function Fairshare(props: { value: number; trans: TranslationBundle }): JSX.Element {
  const { value, trans } = props;
  const words = value.toFixed(2);
  return (
    <div className="jp-SlurmAccount-fairshare">
      <span>{trans.__('Fairshare')}</span>
      <meter
        className="jp-SlurmAccount-meter"
        min={0}
        max={1}
        value={value}
        aria-label={trans.__('Fairshare')}
        aria-valuetext={words}
      />
      <b>{words}</b>
    </div>
  );
}

function usage(
  shares: number | null | undefined,
  used: number | null | undefined,
  trans: TranslationBundle
): string {
  if (typeof shares !== 'number') {
    return '';
  }
  return typeof used === 'number'
    ? trans.__('%1 (usage %2)', formatPercent(shares), formatPercent(used))
    : formatPercent(shares);
}
