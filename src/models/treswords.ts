import type { TranslationBundle } from '@jupyterlab/translation';

import { formatMemory } from './format';

/** Slurm's TRES string (`cpu=16,gres/gpu:a100=4`) in words; what is unknown stays as it is. */
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
            ? trans.__('%1 GPUs %2', count, kind.slice('gres/gpu:'.length))
            : part;
      }
    })
    .join(', ');
}
