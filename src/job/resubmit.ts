import type { TranslationBundle } from '@jupyterlab/translation';

import type { Options } from '../api/submit';
import type { IJob } from '../api/types';
import { formatDuration, formatMemory } from '../words/format';

const MINUTE = 60;
/** What a job gets more than it used, as a factor. */
const RESERVE = 1.25;

/** Options of sbatch that change when a job is submitted again, and how they are shown. */
export interface IChanges {
  options: Options;
  /** As in "a time limit of 02:00:00". */
  label: string;
}

/** What would help a job that ran out of time or memory: twice as much. Null for others. */
export function moreFor(job: IJob, trans: TranslationBundle): IChanges | null {
  if (job.state === 'TIMEOUT' && typeof job.time_limit === 'number') {
    return timeOf(2 * job.time_limit * MINUTE, trans);
  }
  if (job.state === 'OUT_OF_MEMORY') {
    const memory = memoryPerNode(job, job.allocated?.memory ?? job.memory);
    return memory === null ? null : memoryOf(2 * memory, trans);
  }
  return null;
}

/**
 * The time and memory that a completed job would have needed, with some reserve; null unless
 * that is clearly less than what it requested.
 */
export function lessFor(job: IJob, trans: TranslationBundle): IChanges | null {
  const used = job.efficiency;
  if (job.state !== 'COMPLETED' || job.elapsed === null) {
    return null;
  }
  const options: Options = {};
  const labels: string[] = [];
  const add = (changes: IChanges) => {
    Object.assign(options, changes.options);
    labels.push(changes.label);
  };
  if (typeof job.time_limit === 'number') {
    const minutes = Math.max(5, Math.ceil((job.elapsed * RESERVE) / MINUTE));
    if (minutes < 0.7 * job.time_limit) {
      add(timeOf(minutes * MINUTE, trans));
    }
  }
  const allocated = memoryPerNode(job, used?.memory_allocated ?? null);
  const peak = memoryPerNode(job, used?.memory_used ?? null);
  if (allocated !== null && peak !== null && peak > 0) {
    const mebibytes = Math.max(100, Math.ceil((peak * RESERVE) / 50) * 50);
    if (mebibytes < 0.7 * allocated) {
      add(memoryOf(mebibytes, trans));
    }
  }
  return labels.length === 0 ? null : { options, label: labels.join(', ') };
}

function timeOf(seconds: number, trans: TranslationBundle): IChanges {
  const time = formatDuration(seconds);
  return { options: { time }, label: trans.__('a time limit of %1', time) };
}

function memoryOf(mebibytes: number, trans: TranslationBundle): IChanges {
  const mem = `${Math.ceil(mebibytes)}M`;
  return { options: { mem }, label: trans.__('%1 of memory per node', formatMemory(mebibytes)) };
}

function memoryPerNode(job: IJob, memory: number | null): number | null {
  return memory === null ? null : memory / Math.max(1, job.node_count ?? 1);
}
