import { ColumnChoice } from '../column-choice';
import { chosenColumns, contentWidths, type IColumn } from '../columns';

interface IRow {
  a: string;
  b: string;
}

const column = (id: string, change: Partial<IColumn<IRow>> = {}): IColumn<IRow> => ({
  id,
  label: id.toUpperCase(),
  width: 100,
  cell: () => id,
  ...change
});

const ids = (columns: readonly IColumn<IRow>[]) => columns.map(({ id }) => id);

describe('ColumnChoice', () => {
  it('moves a column past a neighbor that is shown, over hidden ones', () => {
    const choice = new ColumnChoice();
    choice.move('a', 'c', ['a', 'b', 'c', 'd']);
    expect(choice.value.order).toEqual(['b', 'c', 'a', 'd']);
    choice.move('d', 'a', choice.value.order);
    expect(choice.value.order).toEqual(['b', 'c', 'd', 'a']);
  });

  it('keeps what was chosen, and reads it again', async () => {
    const save = jest.fn();
    const choice = new ColumnChoice({ load: () => Promise.resolve(undefined), save });
    choice.show('qos', false);
    choice.resize('name', 5);
    const stored = save.mock.lastCall[0];
    expect(stored).toEqual({ order: [], shown: { qos: false }, widths: { name: 40 } });
    const again = new ColumnChoice({ load: () => Promise.resolve(stored), save });
    await Promise.resolve();
    expect(again.value).toEqual(stored);
    again.reset();
    expect(again.isDefault).toBe(true);
  });

  it('ignores what it does not understand', async () => {
    const stored = { order: 'a', shown: { a: 1, b: true }, widths: { a: -3 } };
    const choice = new ColumnChoice({ load: () => Promise.resolve(stored), save: jest.fn() });
    await Promise.resolve();
    expect(choice.value).toEqual({ order: [], shown: { b: true }, widths: {} });
  });
});

describe('chosenColumns', () => {
  const columns = [column('a'), column('b'), column('c')];
  const none = { order: [], shown: {}, widths: {} };

  it('shows the most important columns that fit', () => {
    expect(ids(chosenColumns(columns, none, {}, 250))).toEqual(['a', 'b']);
  });

  it('shows what the user asked for, whether it fits or not', () => {
    const choice = { ...none, shown: { c: true, b: false } };
    expect(ids(chosenColumns(columns, choice, {}, 120))).toEqual(['a', 'c']);
  });

  it('hides columns that are empty, unless the user asked for them', () => {
    expect(ids(chosenColumns(columns, none, { b: 0 }, 900))).toEqual(['a', 'c']);
    const choice = { ...none, shown: { b: true } };
    expect(ids(chosenColumns(columns, choice, { b: 0 }, 900))).toEqual(['a', 'b', 'c']);
  });
});

describe('contentWidths', () => {
  const columns = [
    column('a', { text: row => row.a, fits: true }),
    column('b', { text: row => row.b }),
    column('c')
  ];

  it('follows the longest text, and finds empty columns', () => {
    const short = contentWidths(columns, [{ a: 'x', b: '' }]);
    const long = contentWidths(columns, [
      { a: 'x', b: '' },
      { a: 'x'.repeat(20), b: '' }
    ]);
    expect(short.b).toBe(0);
    expect(short.c).toBeUndefined();
    expect(long.a).toBeGreaterThan(short.a);
  });

  it('knows nothing before there are rows', () => {
    expect(contentWidths(columns, [])).toEqual({});
  });
});
