import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { describeError } from '../models/errorwords';
import { formatRelative } from '../models/format';
import type { PolledModel } from '../models/polled';
import { Banner } from './notice';
import { useRemedy } from './remedy';
import { useNow } from './use-model';

/** What a list must say about itself: that it is old and why, or what it leaves out. */
export function ListBanners(props: {
  model: PolledModel & { readonly note: string };
  trans: TranslationBundle;
}): JSX.Element | null {
  const { model, trans } = props;
  const now = useNow(5);
  const remedy = useRemedy(model.error);
  if (model.stale && model.asOf !== null) {
    const age = trans.__('This is from %1.', formatRelative(Math.min(model.asOf, now), now, trans));
    const words = model.error ? describeError(model.error, trans).text : model.note;
    return (
      <Banner
        tone="warning"
        text={age}
        advice={words}
        action={remedy?.action ?? { label: trans.__('Try again'), run: () => void model.refresh() }}
      />
    );
  }
  return model.note ? <Banner tone="info" text={model.note} /> : null;
}
