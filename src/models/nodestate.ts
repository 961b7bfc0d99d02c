import type { TranslationBundle } from '@jupyterlab/translation';

import type { INode } from '../api/vocabulary';
import type { IStateWords } from './jobstate';

/** A node's state and flags in a word or two: why no job can start, else how busy it is. */
export function describeNode(node: INode, trans: TranslationBundle): IStateWords {
  const has = (flag: string) => node.flags.includes(flag);
  if (node.state === 'DOWN' || node.state === 'ERROR') {
    return { label: trans.__('Down'), tone: 'bad' };
  }
  if (has('NOT_RESPONDING')) {
    return { label: trans.__('No answer'), tone: 'bad' };
  }
  if (has('DRAIN')) {
    return node.state === 'IDLE'
      ? { label: trans.__('Drained'), tone: 'stopped' }
      : { label: trans.__('Draining'), tone: 'stopped' };
  }
  if (has('MAINTENANCE')) {
    return { label: trans.__('Maintenance'), tone: 'stopped' };
  }
  if (has('POWERED_DOWN') || has('POWERING_DOWN')) {
    return { label: trans.__('Powered off'), tone: 'waiting' };
  }
  if (has('POWERING_UP')) {
    return { label: trans.__('Starting'), tone: 'waiting' };
  }
  if (has('RESERVED')) {
    return { label: trans.__('Reserved'), tone: 'waiting' };
  }
  switch (node.state) {
    case 'IDLE':
      return { label: trans.__('Idle'), tone: 'good' };
    case 'MIXED':
      return { label: trans.__('Partly used'), tone: 'active' };
    case 'ALLOCATED':
      return { label: trans.__('Full'), tone: 'active' };
    default:
      return { label: node.state, tone: 'unknown' };
  }
}
