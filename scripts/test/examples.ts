/** Examples of docs and docstrings as modules that can be checked and run: what they name is imported, what they promise is expected. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Glob } from 'bun';

export interface Example {
  readonly name: string;
  /** `schema`, `test`, `committed`: what stands behind the language of a fence. */
  readonly kind: string;
  readonly code: string;
}

/** The `ts` blocks of a page, named by the heading they stand under. */
export function examplesOfPage(path: string): readonly Example[] {
  const text = readFileSync(path, 'utf8');
  const heading = (end: number) => [...text.slice(0, end).matchAll(/^#+ (.+)$/gm)].at(-1)?.[1] ?? '';
  return [...text.matchAll(/```ts ?(\w*)\n([\s\S]*?)```/g)].map((it) => ({
    name: heading(it.index),
    kind: it[1] ?? '',
    code: it[2] ?? '',
  }));
}

/** The fenced and the `@example` blocks of a folder's docstrings, named by what they document. */
export function examplesOfSource(root: string, folder: string): readonly Example[] {
  const files = [...new Glob(`${folder}/**/*.ts`).scanSync({ cwd: root })].filter((file) => !file.includes('/test/'));
  return files.toSorted().flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(/^ *\/\*\*\n([\s\S]*?)\*\/\n(.*)$/gm)].flatMap(([, comment = '', declaration = '']) => {
      const name = /(?:function|class|const) (\w+)/.exec(declaration)?.[1] ?? declaration.trim();
      return blocksOf(comment.replace(/^ *\* ?/gm, '')).map((code) => ({ name: `${file}: ${name}`, kind: '', code }));
    });
  });
}

const blocksOf = (comment: string): readonly string[] =>
  [...comment.matchAll(/```ts\n([\s\S]*?)```|@example\n([\s\S]*?)(?=\n@|$(?![\s\S]))/g)].map(
    ([, fenced, plain]) => fenced ?? plain ?? '',
  );

/** Modules and the names (`type Name` where it is one) that are imported from each where an example uses them; the first that has a name gives it. */
export type Modules = readonly (readonly [module: string, names: readonly string[]])[];

/** A module whose default export runs the example in a scope of `db` and `driver`. */
export function runnable({ code }: Example, modules: Modules): string {
  const own = code.split('\n').filter((line) => /^import .* from /.test(line));
  const body = code.split('\n').filter((line) => !own.includes(line));
  return [
    ...own,
    ...imports(body.join('\n'), own.join('\n'), modules),
    `import { promised, type Scope } from '../scope.ts';`,
    // A block of its own, so that an example may open a database itself.
    'export default async function example({ db, driver }: Scope) { {',
    kept(body.map((line) => line.replace(/^export /, ''))),
    '} }',
  ].join('\n');
}

export function imports(body: string, given: string, modules: Modules): readonly string[] {
  const used = new Set([...body.matchAll(/(?<![\w'"]|(?<!\.\.)\.)[A-Za-z_]\w*/g)].map(([word]) => word));
  for (const [word] of given.matchAll(/\w+/g)) used.delete(word);
  for (const [, declared = ''] of body.matchAll(/^(?:export )?const (\w+)/gm)) used.delete(declared);
  return modules.flatMap(([module, names]) => {
    const taken = names.filter((name) => used.delete(name.replace('type ', '')));
    return taken.length === 0 ? [] : [`import { ${taken.join(', ')} } from '${module}';`];
  });
}

/** `expression; // → value`, or the arrow on the next line, is a promise. */
function kept(lines: readonly string[]): string {
  const written: string[] = [];
  let statement: string[] = [];
  for (const [index, line] of lines.entries()) {
    const [, code = line, value = /^\/\/ → (.*)$/.exec(lines[index + 1] ?? '')?.[1]] =
      /^(.*;) \/\/ → (.*)$/.exec(line) ?? [];
    statement.push(code);
    if (!/^\S.*;( \/\/.*)?$/.test(code)) continue;
    const whole = statement.join('\n');
    written.push(value === undefined ? whole : promise(whole, value));
    statement = [];
  }
  return [...written, ...statement].join('\n');
}

function promise(statement: string, value: string): string {
  const lines = statement.split('\n');
  // What stands before the expression is its own statement or a comment.
  const start = lines.findLastIndex(
    (_line, index) =>
      index === 0 || (lines[index - 1] ?? '').trim() === '' || /^\S.*[;}]$/.test(lines[index - 1] ?? ''),
  );
  const expression = lines.slice(start).join('\n').replace(/;\s*$/, '');
  return [...lines.slice(0, start), `promised(${expression}, ${value});`].join('\n');
}
