import type { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

import type { ColumnChoice } from './column-choice';

/** What the menu needs of a column. */
interface IMenuColumn {
  id: string;
  label: string;
  width: number;
}

const NO_ARGUMENTS = { type: 'object', additionalProperties: false, properties: {} };

/** Pixels by which the menu makes a column wider or narrower. */
const STEP = 24;

/**
 * Opens the menu that shows, hides, moves and sizes the columns of a table.
 *
 * @param options.at - the column whose heading the menu is for; null for the whole table
 */
export function openColumnMenu(options: {
  choice: ColumnChoice;
  all: readonly IMenuColumn[];
  shown: readonly IMenuColumn[];
  at: string | null;
  x: number;
  y: number;
  /** Saves the listed rows. */
  exported: { count: number; run: () => void };
  trans: TranslationBundle;
}): MenuSvg {
  const { choice, all, shown, trans } = options;
  const commands = new CommandRegistry();
  const menu = new MenuSvg({ commands });
  const ids = all.map(({ id }) => id);
  const add = (
    label: string,
    execute: () => void,
    more: { isEnabled?: () => boolean; isToggled?: () => boolean } = {}
  ) => {
    const command = `column:${menu.items.length}`;
    commands.addCommand(command, {
      label,
      execute,
      describedBy: { args: NO_ARGUMENTS },
      isToggleable: more.isToggled !== undefined,
      ...more
    });
    menu.addItem({ command });
  };
  const place = all.length > 0 ? shown.findIndex(({ id }) => id === options.at) : -1;
  if (place >= 0) {
    const { id, label, width } = shown[place];
    const move = (words: string, neighbor: IMenuColumn | undefined) =>
      add(words, () => neighbor && choice.move(id, neighbor.id, ids), {
        isEnabled: () => neighbor !== undefined
      });
    add(trans.__('Hide “%1”', label), () => choice.show(id, false), {
      isEnabled: () => shown.length > 1
    });
    move(trans.__('Move Left'), shown[place - 1]);
    move(trans.__('Move Right'), shown[place + 1]);
    add(trans.__('Wider'), () => choice.resize(id, width + STEP));
    add(trans.__('Narrower'), () => choice.resize(id, width - STEP));
    menu.addItem({ type: 'separator' });
  }
  for (const { id, label } of all) {
    const visible = shown.some(column => column.id === id);
    add(label, () => choice.show(id, !visible), {
      isToggled: () => visible,
      isEnabled: () => !visible || shown.length > 1
    });
  }
  if (all.length > 0) {
    menu.addItem({ type: 'separator' });
    add(trans.__('Reset Columns'), () => choice.reset(), { isEnabled: () => !choice.isDefault });
    menu.addItem({ type: 'separator' });
  }
  const { count, run } = options.exported;
  add(trans._n('Export %1 Loaded Row as CSV', 'Export %1 Loaded Rows as CSV', count), run);
  menu.aboutToClose.connect(() => {
    // Commands run after the menu closed.
    setTimeout(() => menu.dispose(), 0);
  });
  menu.open(options.x, options.y);
  return menu;
}
