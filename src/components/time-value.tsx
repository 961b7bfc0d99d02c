import React from 'react';

import { formatTime, isoTime } from '../models/format';

/** A moment in the person's own time; its unambiguous form is the title. */
export function TimeValue(props: { epoch: number }): JSX.Element {
  const iso = isoTime(props.epoch);
  return (
    <time dateTime={iso} title={iso}>
      {formatTime(props.epoch)}
    </time>
  );
}
