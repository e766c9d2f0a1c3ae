/** Each row of README.md's tables names tests that exist. */
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES } from './projects.ts';

/** `[`crud`](assistant/test/crud.test.ts) Update › Conditional update`, of which a cell may have several. */
const REFERENCE = /\[`[^`]+`\]\((?<file>[^)]+\.test\.ts)\) (?<names>.+?)(?=<br>| \|$)/g;

const rows = readFileSync(join(EXAMPLES, 'README.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '));
const references = rows.flatMap((row) => [...row.matchAll(REFERENCE)].map((match) => match.groups ?? {}));

/** A name is told apart by its quotes, so a part of one is none; those made from cases may go on. */
function names(source: string, name: string): boolean {
  return ["'", '`', '"'].some((quote) => source.includes(`${quote}${name}${quote}`)) || isCase(source, name);
}

const isCase = (source: string, name: string): boolean =>
  [`  ${name}: [`, `%s ${name}`, `'${name} (`].some((text) => source.includes(text));

test('there are tables', () => expect(references.length).toBeGreaterThan(100));

test.each(references)('$file: $names', ({ file = '', names: path = '' }) => {
  const source = readFileSync(join(EXAMPLES, file), 'utf8');
  expect(path.split(' › ').filter((name) => !names(source, name))).toEqual([]);
});
