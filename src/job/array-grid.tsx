import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { ToneBadge } from '../components/state-badge';
import { formatDuration } from '../words/format';
import { describeState, type Tone } from '../words/job-state';
import type { IArrayTask } from './array-tasks';

interface IArrayGridProps {
  tasks: readonly IArrayTask[];
  arrayId: number;
  /** Opens a task. */
  onOpen: (task: IArrayTask) => void;
  trans: TranslationBundle;
}

/** The tasks of an array as cells in the color of their state, with a count for each state. */
export function ArrayGrid(props: IArrayGridProps): JSX.Element | null {
  const { arrayId, onOpen, tasks, trans } = props;
  const [current, setCurrent] = React.useState(0);
  const grid = React.useRef<HTMLDivElement>(null);
  if (tasks.length === 0) {
    return null;
  }
  const focused = Math.min(current, tasks.length - 1);
  const move = (event: React.KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowRight: focused + 1,
      ArrowLeft: focused - 1,
      ArrowDown: focused + columnsOf(grid.current),
      ArrowUp: focused - columnsOf(grid.current),
      Home: 0,
      End: tasks.length - 1
    };
    const next = steps[event.key];
    if (next !== undefined && next >= 0 && next < tasks.length) {
      event.preventDefault();
      setCurrent(next);
      (grid.current?.children[next] as HTMLElement | undefined)?.focus();
    }
  };
  return (
    <section className="jp-SlurmFacts jp-SlurmArray">
      <h3 className="jp-SlurmFacts-title">
        {trans._n('%1 task of array %2', '%1 tasks of array %2', tasks.length, arrayId)}
      </h3>
      <p className="jp-SlurmArray-counts">
        {countsOf(tasks, trans).map(({ count, label, state, tone }) => (
          <span key={label}>
            <ToneBadge
              label={trans.__('%1 %2', count, label)}
              tone={tone}
              title={state}
              state={state}
            />
          </span>
        ))}
      </p>
      <div
        className="jp-SlurmArray-grid"
        role="group"
        aria-label={trans.__('Tasks')}
        ref={grid}
        onKeyDown={move}
      >
        {tasks.map((task, at) => {
          const { label, tone } = describeState(task.state, task.flags, trans);
          const words =
            task.elapsed === null
              ? trans.__('Task %1: %2', task.task, label)
              : trans.__('Task %1: %2, %3', task.task, label, formatDuration(task.elapsed));
          return (
            <button
              key={task.task}
              type="button"
              className={`jp-SlurmArray-task jp-mod-${tone}`}
              aria-label={words}
              title={words}
              tabIndex={at === focused ? 0 : -1}
              onFocus={() => setCurrent(at)}
              onClick={() => onOpen(task)}
            >
              {task.task}
            </button>
          );
        })}
      </div>
    </section>
  );
}

/** The number of cells in a row, as they are laid out. */
function columnsOf(grid: HTMLElement | null): number {
  const cells = [...(grid?.children ?? [])] as HTMLElement[];
  const columns = cells.findIndex(cell => cell.offsetTop > cells[0].offsetTop);
  return columns > 0 ? columns : cells.length;
}

interface ICount {
  count: number;
  label: string;
  state: string;
  tone: Tone;
}

function countsOf(tasks: readonly IArrayTask[], trans: TranslationBundle): ICount[] {
  const counts = new Map<string, ICount>();
  for (const { flags, state } of tasks) {
    const { label, tone } = describeState(state, flags, trans);
    const known = counts.get(label) ?? { count: 0, label, state, tone };
    counts.set(label, { ...known, count: known.count + 1 });
  }
  return [...counts.values()];
}
