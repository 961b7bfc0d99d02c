/** A column of an export. */
interface ICsvColumn<T> {
  label: string;
  text?: (row: T) => string;
}

/** The rows as CSV (RFC 4180) with a line of headings; columns without text are left out. */
export function toCsv<T>(columns: readonly ICsvColumn<T>[], rows: readonly T[]): string {
  const exported = columns.filter(column => column.text !== undefined);
  const lines = [
    exported.map(({ label }) => label),
    ...rows.map(row => exported.map(({ text }) => text?.(row) ?? ''))
  ];
  return lines.map(fields => `${fields.map(quoted).join(',')}\r\n`).join('');
}

function quoted(field: string): string {
  // A spreadsheet would run what looks like a formula, and other people choose job names.
  const safe = /^[=+\-@\t\r]/.test(field) ? `'${field}` : field;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** Lets the user save a file. */
export function download(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Some browsers read it only after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
