/**
 * Lists every string that the frontend shows, with the file and line of its source.
 *
 * Run from the repository's root: `jlpm strings`. Plural forms are separated by ` | `.
 */
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** The methods of a translation bundle, with the index of the first string and their number. */
const METHODS = new Map([
  ['__', [0, 1]],
  ['_n', [0, 2]],
  ['_p', [1, 1]],
  ['_np', [1, 2]]
]);

for (const file of sourceFiles('src')) {
  const source = ts.createSourceFile(
    file,
    fs.readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
    true
  );
  visit(source, source);
}
for (const name of fs.readdirSync('schema').sort()) {
  const file = path.join('schema', name);
  listTitles(file, JSON.parse(fs.readFileSync(file, 'utf8')));
}

function sourceFiles(folder) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap(entry => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        return entry.name === '__tests__' ? [] : sourceFiles(file);
      }
      return /\.tsx?$/.test(entry.name) ? [file] : [];
    });
}

function visit(node, source) {
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const [start, count] = METHODS.get(node.expression.name.text) ?? [0, 0];
    const strings = node.arguments.slice(start, start + count).map(({ text }) => text);
    if (strings.length > 0 && strings.every(text => text !== undefined)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      console.log(`${source.fileName}:${line + 1}\t${strings.join(' | ')}`);
    }
  }
  ts.forEachChild(node, child => visit(child, source));
}

/** Lists the titles and descriptions of a settings schema. */
function listTitles(file, value) {
  for (const [key, child] of Object.entries(value)) {
    if (typeof child === 'object' && child !== null) {
      listTitles(file, child);
    } else if (key === 'title' || key === 'description') {
      console.log(`${file}\t${child}`);
    }
  }
}
