import type { ReadonlyJSONObject } from '@lumino/coreutils';

/** The server has read something new in a queue. It does not say what: that is to be asked. */
export interface IQueueChange {
  cluster: string;
  scope: 'mine' | 'all';
  /** When Slurm was asked, by the server's clock. */
  as_of: number;
}

const QUEUE_CHANGED = /\/queue_changed\/v1$/;

/** The change that an event of the Jupyter server tells of; null when it is about something else. */
export function queueChangeIn(event: ReadonlyJSONObject): IQueueChange | null {
  const { schema_id, cluster, scope, as_of } = event;
  return QUEUE_CHANGED.test(String(schema_id)) &&
    typeof cluster === 'string' &&
    (scope === 'mine' || scope === 'all')
    ? { cluster, scope, as_of: Number(as_of) }
    : null;
}
