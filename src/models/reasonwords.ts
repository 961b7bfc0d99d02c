import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * Slurm's reason code of a waiting job in a few words, for a list; the code itself when
 * it is a rare one. The job's own view has the whole explanation, from the server.
 */
export function reasonWords(code: string, trans: TranslationBundle): string {
  switch (code) {
    case 'Priority':
      return trans.__('others go first');
    case 'Resources':
      return trans.__('waits for resources');
    case 'Dependency':
      return trans.__('waits for another job');
    case 'DependencyNeverSatisfied':
      return trans.__('dependency failed');
    case 'JobHeldUser':
      return trans.__('held by user');
    case 'JobHeldAdmin':
      return trans.__('held by admin');
    case 'BeginTime':
      return trans.__('begins later');
    case 'Licenses':
      return trans.__('waits for licences');
    case 'JobArrayTaskLimit':
      return trans.__('array limit reached');
    case 'Reservation':
      return trans.__('waits for reservation');
    case 'PartitionDown':
    case 'PartitionInactive':
      return trans.__('partition is closed');
    case 'PartitionTimeLimit':
      return trans.__('asks for too much time');
    case 'PartitionNodeLimit':
      return trans.__('asks for too many nodes');
    case 'ReqNodeNotAvail':
      return trans.__('nodes are not available');
    default:
      return /^(QOS|Assoc)/.test(code) ? trans.__('limit reached') : code;
  }
}
