import type { TranslationBundle } from '@jupyterlab/translation';

import type { INode } from '../api/types';
import type { IStateLabel } from '../words/job-state';

/**
 * A label and a tone for a node's state as sinfo shows it (`mixed#`, `drained`). A sign
 * takes precedence over the word where it is more specific.
 */
export function describeNode(node: INode, trans: TranslationBundle): IStateLabel {
  const [, word, sign] = /^([^$^@#%~!*+-]*)(.*)$/.exec(node.sinfo_state) ?? ['', '', '', ''];
  const words = describeSign(word, sign, trans) ?? describeWord(word, trans);
  if (words === undefined) {
    return { label: node.sinfo_state || node.state, tone: 'unknown' };
  }
  if (node.usable || words.tone === 'bad' || words.tone === 'stopped') {
    return words;
  }
  // Idle according to sinfo, but not available to this user.
  if (node.flags.includes('EXTERNAL')) {
    return { label: trans.__('External'), tone: 'stopped' };
  }
  return node.flags.includes('RESERVED')
    ? { label: trans.__('Reserved'), tone: 'waiting' }
    : { ...words, tone: 'waiting' };
}

function describeWord(word: string, trans: TranslationBundle): IStateLabel | undefined {
  switch (word) {
    case 'idle':
      return { label: trans.__('Idle'), tone: 'good' };
    case 'mixed':
      return { label: trans.__('Mixed'), tone: 'active' };
    case 'allocated':
      return { label: trans.__('Allocated'), tone: 'active' };
    case 'completing':
      return { label: trans.__('Completing'), tone: 'active' };
    case 'planned':
      return { label: trans.__('Planned for a job'), tone: 'waiting' };
    case 'reserved':
      return { label: trans.__('Reserved'), tone: 'waiting' };
    case 'blocked':
      return { label: trans.__('Blocked by a job'), tone: 'waiting' };
    case 'maint':
      return { label: trans.__('Maintenance'), tone: 'stopped' };
    case 'drained':
      return { label: trans.__('Drained'), tone: 'stopped' };
    case 'draining':
      return { label: trans.__('Draining'), tone: 'stopped' };
    case 'reboot':
      return { label: trans.__('Rebooting'), tone: 'stopped' };
    case 'future':
      return { label: trans.__('Future'), tone: 'stopped' };
    case 'down':
    case 'error':
      return { label: trans.__('Down'), tone: 'bad' };
    case 'fail':
      return { label: trans.__('Failed'), tone: 'bad' };
    case 'failing':
      return { label: trans.__('Failing'), tone: 'bad' };
    case 'inval':
      return { label: trans.__('Invalid'), tone: 'bad' };
    case 'unknown':
      return { label: trans.__('Unknown'), tone: 'unknown' };
    default:
      return undefined;
  }
}

/** The label for the sign of a node that is in service. */
function describeSign(
  word: string,
  sign: string,
  trans: TranslationBundle
): IStateLabel | undefined {
  if (!['idle', 'mixed', 'allocated', 'completing'].includes(word)) {
    return undefined;
  }
  const busy = word !== 'idle';
  switch (sign) {
    case '$':
      return { label: trans.__('Maintenance'), tone: 'stopped' };
    case '^':
      return { label: trans.__('Rebooting'), tone: 'stopped' };
    case '@':
      return { label: trans.__('Reboot pending'), tone: 'waiting' };
    case '#':
      return { label: trans.__('Starting'), tone: 'waiting' };
    case '%':
      return { label: trans.__('Powering off'), tone: 'stopped' };
    case '~':
      return { label: trans.__('Powered off'), tone: 'waiting' };
    case '!':
      return { label: trans.__('Power-off pending'), tone: 'stopped' };
    case '*':
      return { label: trans.__('Not responding'), tone: 'bad' };
    case '-':
      return busy ? { label: trans.__('Planned for a job'), tone: 'waiting' } : undefined;
    default:
      return undefined;
  }
}
