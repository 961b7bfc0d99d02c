import { nullTranslator } from '@jupyterlab/translation';

import {
  formatBytes,
  formatDuration,
  formatMemory,
  formatMinutes,
  formatMoment,
  formatPercent,
  formatRelative,
  isoTime
} from '../format';

const trans = nullTranslator.load('jupyter_slurm_rest');

describe('formatDuration', () => {
  it.each([
    [0, '00:00:00'],
    [59.6, '00:01:00'],
    [3661, '01:01:01'],
    [86400, '1-00:00:00'],
    [100 * 86400 + 5, '100-00:00:05'],
    [-3, '00:00:00']
  ])('writes %s seconds as Slurm does', (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });
});

describe('formatMinutes', () => {
  it('writes a limit, no limit, and an unknown one', () => {
    expect(formatMinutes(90, trans)).toBe('01:30:00');
    expect(formatMinutes('UNLIMITED', trans)).toBe('Unlimited');
    expect(formatMinutes(null, trans)).toBe('');
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 MiB'],
    [512, '512 MiB'],
    [1536, '1.5 GiB'],
    [240 * 1024, '240 GiB'],
    [3 * 1024 * 1024, '3 TiB']
  ])('writes %s MiB', (mebibytes, words) => {
    expect(formatMemory(mebibytes)).toBe(words);
  });

  it.each([
    [512, '512 B'],
    [2048, '2 KiB'],
    [5 * 1024 * 1024 * 1024, '5 GiB']
  ])('writes %s bytes', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });
});

describe('formatPercent', () => {
  it('does not call a little nothing', () => {
    expect(formatPercent(0)).toBe('0 %');
    expect(formatPercent(0.001)).toBe('<1 %');
    expect(formatPercent(0.999)).toBe('100 %');
  });
});

describe('times', () => {
  it('says how far a moment is', () => {
    expect(formatRelative(100, 130, trans)).toBe('30 seconds ago');
    expect(formatRelative(400, 100, trans)).toBe('in 5 minutes');
    expect(formatRelative(0, 3600, trans)).toBe('1 hour ago');
    expect(formatRelative(3 * 86400, 0, trans)).toBe('in 3 days');
    expect(formatRelative(100, 100, trans)).toBe('just now');
    expect(formatRelative(99, 100, trans)).toBe('just now');
    expect(formatRelative(102, 100, trans)).toBe('in a moment');
  });

  it('leaves out the date of a moment that is near', () => {
    expect(formatMoment(3600, 0)).not.toContain('1970');
    expect(formatMoment(2 * 86400, 0)).toContain('1970');
  });

  it('gives the unambiguous form in UTC', () => {
    expect(isoTime(0)).toBe('1970-01-01T00:00:00Z');
  });
});
