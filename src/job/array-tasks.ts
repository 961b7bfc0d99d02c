import type { IJobSummary } from '../api/types';

/** A task of an array. */
export interface IArrayTask {
  task: number;
  state: string;
  flags: readonly string[];
  /** Seconds; null if it has not started. */
  elapsed: number | null;
}

/** The maximum number of tasks that are listed. */
const MAX_TASKS = 2000;

/** The tasks in Slurm's notation: `1,3-5`, `0-30:2%4`; a list that Slurm cut ends before `...`. */
export function expandTasks(tasks: string): number[] {
  const found: number[] = [];
  for (const part of tasks.replace(/%\d+$/, '').split(',')) {
    const match = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part.trim());
    if (match === null) {
      continue;
    }
    const first = Number(match[1]);
    const last = Number(match[2] ?? first);
    const step = Math.max(1, Number(match[3] ?? 1));
    for (let task = first; task <= last && found.length < MAX_TASKS; task += step) {
      found.push(task);
    }
  }
  return found;
}

/** The tasks of an array in order, from the rows of its jobs. */
export function tasksOf(rows: readonly IJobSummary[]): IArrayTask[] {
  const tasks = new Map<number, IArrayTask>();
  const add = (task: number, { state, flags, elapsed }: IJobSummary) => {
    tasks.set(task, { task, state, flags, elapsed });
  };
  // One row stands for the pending tasks; a row of its own is newer.
  for (const row of rows) {
    if (row.array_task_id === null && row.array_tasks) {
      expandTasks(row.array_tasks).forEach(task => add(task, row));
    }
  }
  for (const row of rows) {
    if (row.array_task_id !== null) {
      add(row.array_task_id, row);
    }
  }
  return [...tasks.values()].sort((a, b) => a.task - b.task).slice(0, MAX_TASKS);
}
