import { toCsv } from '../csv';

it('writes what spreadsheets read, and nothing that they would run', () => {
  const columns = [
    { label: 'ID', text: (row: string[]) => row[0] },
    { label: 'Name', text: (row: string[]) => row[1] },
    { label: 'Icon' }
  ];
  expect(
    toCsv(columns, [
      ['1', 'a "b", c'],
      ['2', '=HYPERLINK("x")']
    ])
  ).toBe('ID,Name\r\n1,"a ""b"", c"\r\n2,"\'=HYPERLINK(""x"")"\r\n');
});
