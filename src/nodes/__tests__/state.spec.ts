import { nullTranslator } from '@jupyterlab/translation';

import type { INode } from '../../api/types';
import { describeNode } from '../state';

const trans = nullTranslator.load('');

function words(sinfo_state: string, usable: boolean, flags: string[] = []): string[] {
  const { label, tone } = describeNode(
    { sinfo_state, usable, flags, state: 'X' } as never as INode,
    trans
  );
  return [label, tone];
}

describe('describeNode', () => {
  it.each([
    ['idle', true, [], 'Idle', 'good'],
    ['mixed', true, [], 'Mixed', 'active'],
    ['allocated', true, [], 'Allocated', 'active'],
    ['allocated+', true, [], 'Allocated', 'active'],
    ['completing', true, [], 'Completing', 'active'],
    ['mixed#', true, ['POWERING_UP', 'NOT_RESPONDING'], 'Starting', 'waiting'],
    ['idle~', true, ['POWERED_DOWN'], 'Powered off', 'waiting'],
    ['idle%', false, ['POWERING_DOWN'], 'Powering off', 'stopped'],
    ['idle!', false, ['POWER_DOWN'], 'Power-off pending', 'stopped'],
    ['idle*', false, ['NOT_RESPONDING'], 'Not responding', 'bad'],
    ['fail', false, ['FAIL'], 'Failed', 'bad'],
    ['failing', false, ['FAIL'], 'Failing', 'bad'],
    ['inval', false, ['INVALID_REG'], 'Invalid', 'bad'],
    ['drained', false, ['DRAIN'], 'Drained', 'stopped'],
    ['drained~', false, ['DRAIN', 'POWERED_DOWN'], 'Drained', 'stopped'],
    ['draining@', false, ['DRAIN', 'REBOOT_REQUESTED'], 'Draining', 'stopped'],
    ['mixed@', true, ['REBOOT_REQUESTED'], 'Reboot pending', 'waiting'],
    ['reboot^', false, ['REBOOT_ISSUED'], 'Rebooting', 'stopped'],
    ['maint', false, ['MAINTENANCE'], 'Maintenance', 'stopped'],
    ['mixed$', false, ['MAINTENANCE'], 'Maintenance', 'stopped'],
    ['down*', false, ['NOT_RESPONDING'], 'Down', 'bad'],
    ['planned', true, ['PLANNED'], 'Planned for a job', 'waiting'],
    ['mixed-', true, ['PLANNED'], 'Planned for a job', 'waiting'],
    ['reserved', false, ['RESERVED'], 'Reserved', 'waiting'],
    ['mixed', false, ['RESERVED'], 'Reserved', 'waiting'],
    ['mixed', false, [], 'Mixed', 'waiting'],
    ['blocked', false, ['BLOCKED'], 'Blocked by a job', 'waiting'],
    ['idle', false, ['EXTERNAL'], 'External', 'stopped'],
    ['newword', true, [], 'newword', 'unknown']
  ])('%s, usable %s, %j: %s', (state, usable, flags, label, tone) => {
    expect(words(state, usable, flags)).toEqual([label, tone]);
  });
});
