import { applyDelta, PAGE_SIZE, Pages } from '../pages';

const page = (number: number) =>
  Array.from({ length: PAGE_SIZE }, (_, index) => number * PAGE_SIZE + index);

describe('Pages', () => {
  it('misses the pages in view that are unknown or outdated', () => {
    const pages = new Pages<number>();
    expect(pages.missing(0, 0)).toEqual([0]);
    pages.set(0, page(0), 10 * PAGE_SIZE);
    expect(pages.missing(0, 10)).toEqual([]);
    expect(pages.missing(PAGE_SIZE - 1, PAGE_SIZE)).toEqual([1]);
    pages.expire();
    expect(pages.missing(0, PAGE_SIZE)).toEqual([0, 1]);
    expect(pages.row(5)).toBe(5);
  });

  it('misses nothing beyond the end', () => {
    const pages = new Pages<number>();
    pages.set(0, [0, 1], 2);
    expect(pages.missing(500, 900)).toEqual([]);
    expect(pages.complete).toBe(true);
  });

  it('forgets pages beyond a list that became shorter', () => {
    const pages = new Pages<number>();
    pages.set(0, page(0), 3 * PAGE_SIZE);
    pages.set(2, page(2), 3 * PAGE_SIZE);
    expect(pages.complete).toBe(false);
    pages.set(0, page(0), PAGE_SIZE);
    expect(pages.row(2 * PAGE_SIZE)).toBeNull();
    expect(pages.complete).toBe(true);
  });

  it('keeps a bounded number, those nearest to what was read last', () => {
    const pages = new Pages<number>();
    for (let number = 0; number < 100; number++) {
      pages.set(number, page(number), 100 * PAGE_SIZE);
    }
    expect(pages.row(0)).toBeNull();
    expect(pages.row(99 * PAGE_SIZE)).toBe(99 * PAGE_SIZE);
    expect(pages.rows.length).toBeLessThanOrEqual(60 * PAGE_SIZE);
    expect(pages.indexOf(row => row === 99 * PAGE_SIZE)).toBe(99 * PAGE_SIZE);
    expect(pages.indexOf(row => row === 0)).toBe(-1);
  });
});

describe('applyDelta', () => {
  const rows = (...ids: string[]) => ids.map(id => ({ id }));

  it.each([
    ['nothing', ['a', 'b'], [], [], [], ['a', 'b']],
    ['a row that left', ['a', 'b', 'c'], ['b'], [], [], ['a', 'c']],
    ['a new first row', ['a', 'b'], [], ['n'], [0], ['n', 'a', 'b']],
    ['a row that moved', ['a', 'b', 'c'], [], ['a'], [2], ['b', 'c', 'a']],
    ['all at once', ['a', 'b', 'c'], ['a'], ['n', 'b'], [0, 2], ['n', 'c', 'b']]
  ])('follows %s', (_, known, removed, sent, at, result) => {
    expect(applyDelta(rows(...known), { removed, at }, rows(...sent))).toEqual(rows(...result));
  });
});
