import type { ReadonlyJSONObject } from '@lumino/coreutils';

/** The server read a change of a queue. The event does not say what changed. */
export interface IQueueChange {
  cluster: string;
  scope: 'mine' | 'all';
  /** When Slurm reported the queue, by the server's clock. */
  as_of: number;
}

const QUEUE_CHANGED = /\/queue_changed\/v1$/;

/** The change that an event of the Jupyter server announces; null for other events. */
export function queueChangeIn(event: ReadonlyJSONObject): IQueueChange | null {
  const { schema_id, cluster, scope, as_of } = event;
  return QUEUE_CHANGED.test(String(schema_id)) &&
    typeof cluster === 'string' &&
    (scope === 'mine' || scope === 'all')
    ? { cluster, scope, as_of: Number(as_of) }
    : null;
}
