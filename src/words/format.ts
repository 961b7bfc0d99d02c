import type { TranslationBundle } from '@jupyterlab/translation';

/** A number or no limit; null if Slurm did not report it. */
export type Limit = number | 'UNLIMITED' | null;

/** Seconds that are not worth counting. */
const MOMENT = 5;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Formats seconds as Slurm does: `1-02:03:04`, `02:03:04`. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const days = Math.floor(total / DAY);
  const clock = [
    Math.floor((total % DAY) / HOUR),
    Math.floor((total % HOUR) / MINUTE),
    total % MINUTE
  ]
    .map(two)
    .join(':');
  return days > 0 ? `${days}-${clock}` : clock;
}

/** Formats a time limit in minutes as Slurm does, or as "Unlimited". */
export function formatMinutes(minutes: Limit | undefined, trans: TranslationBundle): string {
  if (minutes === 'UNLIMITED') {
    return trans.__('Unlimited');
  }
  return minutes === null || minutes === undefined ? '' : formatDuration(minutes * MINUTE);
}

/** Formats MiB in the largest unit that gives at least 1: `1.5 GiB`. */
export function formatMemory(mebibytes: number): string {
  const units = ['MiB', 'GiB', 'TiB', 'PiB'];
  let value = mebibytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${trimmed(value)} ${units[unit]}`;
}

/** Formats bytes: `512 B`, `3.4 KiB`, `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) {
    return `${bytes} B`;
  }
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${trimmed(kibibytes)} KiB` : formatMemory(kibibytes / 1024);
}

/** Formats a fraction (0-1) as a percentage; a small fraction other than 0 is `<1 %`. */
export function formatPercent(fraction: number): string {
  const percent = fraction * 100;
  return percent > 0 && percent < 1 ? '<1 %' : `${Math.round(percent)} %`;
}

/** Formats seconds since the epoch in the user's time zone and locale. */
export function formatTime(epoch: number): string {
  return new Date(epoch * 1000).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'medium'
  });
}

/** Formats seconds since the epoch as ISO 8601 in UTC. */
export function isoTime(epoch: number): string {
  return new Date(epoch * 1000).toISOString().replace('.000Z', 'Z');
}

/**
 * Formats a time briefly in the user's time zone and locale: only the time within 18 hours of
 * now, otherwise with the date.
 */
export function formatMoment(epoch: number, now: number): string {
  const near = Math.abs(epoch - now) < 18 * HOUR;
  return new Date(epoch * 1000).toLocaleString(
    undefined,
    near ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' }
  );
}

/** Formats a time relative to now: "in 5 minutes", "just now". */
export function formatRelative(epoch: number, now: number, trans: TranslationBundle): string {
  const ahead = epoch >= now;
  const seconds = Math.round(Math.abs(epoch - now));
  if (seconds < MOMENT) {
    return ahead && seconds > 0 ? trans.__('in a moment') : trans.__('just now');
  }
  if (seconds < MINUTE) {
    return ahead
      ? trans._n('in %1 second', 'in %1 seconds', seconds)
      : trans._n('%1 second ago', '%1 seconds ago', seconds);
  }
  if (seconds < HOUR) {
    const minutes = Math.round(seconds / MINUTE);
    return ahead
      ? trans._n('in %1 minute', 'in %1 minutes', minutes)
      : trans._n('%1 minute ago', '%1 minutes ago', minutes);
  }
  if (seconds < 2 * DAY) {
    const hours = Math.round(seconds / HOUR);
    return ahead
      ? trans._n('in %1 hour', 'in %1 hours', hours)
      : trans._n('%1 hour ago', '%1 hours ago', hours);
  }
  const days = Math.round(seconds / DAY);
  return ahead
    ? trans._n('in %1 day', 'in %1 days', days)
    : trans._n('%1 day ago', '%1 days ago', days);
}

function trimmed(value: number): string {
  return value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

/** Describes Slurm's TRES string (`cpu=16,gres/gpu:a100=4`); unknown resources stay as they are. */
export function describeTres(tres: string, trans: TranslationBundle): string {
  return tres
    .split(',')
    .filter(Boolean)
    .map(part => {
      const [kind, count = ''] = part.split('=');
      switch (kind) {
        case 'cpu':
          return trans.__('%1 CPUs', count);
        case 'node':
          return trans.__('%1 nodes', count);
        case 'mem':
          return trans.__('%1 memory', /^\d+$/.test(count) ? formatMemory(Number(count)) : count);
        case 'gres/gpu':
          return trans.__('%1 GPUs', count);
        default:
          return kind.startsWith('gres/gpu:')
            ? trans.__('%1 GPUs (%2)', count, kind.slice('gres/gpu:'.length))
            : part;
      }
    })
    .join(', ');
}
