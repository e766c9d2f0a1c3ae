/**
 * A start is waited for, and every module costs it about half a millisecond, Node's larger ones ten: what the first answer does not need is imported where it is
 * used, by `import()`. Here is what must stay so, as rooms and packages that no chain of plain imports leads to.
 */
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dir, '..', '..', '..');

/** What `hutch dev` imports on its way to the first answer, each by `import()` or as a program. */
const ENTRIES = [
  'src/cli/main.ts',
  'src/cli/run.ts',
  'src/cli/dev.ts',
  'src/http/logger.ts',
  'src/server/application/prepare.ts',
  'src/server/serving/serve.ts',
];

/** Folders and files of ours, and names of packages, by the beginning. */
const LATER: readonly (readonly [what: string, ...places: readonly string[]])[] = [
  ['the Postgres port', 'src/wire/'],
  ['the studio and the door for Drizzle Studio', 'src/studio/drizzle/', 'src/studio/index.ts'],
  ['the API as a document and as a page', 'src/rest/openapi/', 'src/rest/docs-page/'],
  ['batches and streams', 'src/rest/batch.ts', 'src/rest/stream/insert-stream.ts', 'src/rest/stream/read-stream.ts'],
  ['the router', 'hono'],
  ["the project's own routes", 'src/server/application/project-routes.ts', 'src/data/transaction/'],
  ['a client of servers', 'src/db/postgres/open.ts', 'postgres'],
  ["Drizzle's client", 'src/db/drizzle/', 'drizzle-orm/postgres-js'],
  ['the cache', 'src/data/cache/cached.ts'],
  ["PGlite's code, which is the Worker's", '@electric-sql/pglite'],
  ['what writes and compares migrations', 'src/migrate/index.ts', 'src/migrate/kit/', 'src/migrate/state/'],
  ['snapshots', 'src/db/snapshots/'],
  ["PostgREST's admin server", 'src/server/admin/'],
  ['tokens and metrics', 'jose', 'json-p3', 'prom-client'],
  ["Node's servers, sockets and ciphers", 'node:http', 'node:net', 'node:tls', 'node:crypto', 'node:stream'],
];

/** From each module that a start imports, the one that brought it. */
const broughtBy = new Map<string, string | undefined>();
for (const entry of ENTRIES) follow(entry, undefined);

function follow(module: string, from: string | undefined): void {
  if (broughtBy.has(module)) return;
  broughtBy.set(module, from);
  if (!module.endsWith('.ts')) return;
  const transpiler = new Bun.Transpiler({ loader: 'ts' }); // drops what is imported for its types
  const text = readFileSync(join(root, module), 'utf8').replace(/^#!/, '//');
  for (const { path, kind } of transpiler.scanImports(text)) {
    if (kind !== 'import-statement') continue;
    follow(path.startsWith('.') ? relative(root, join(root, dirname(module), path)) : path, module);
  }
}

function chainTo(module: string): string {
  const from = broughtBy.get(module);
  return from === undefined ? module : `${chainTo(from)} → ${module}`;
}

const isIn = (place: string) => (module: string) =>
  module === place || (module.startsWith(place) && (place.endsWith('/') || module[place.length] === '/'));

test('a start is followed as far as the dialect', () => {
  for (const module of ['src/rest/plan/plan.ts', 'src/db/pglite/recall.ts', 'drizzle-orm'])
    expect([...broughtBy.keys()]).toContain(module);
});

for (const [what, ...places] of LATER) {
  test(`a start does not wait for ${what}`, () => {
    for (const place of places) expect([...broughtBy.keys()].filter(isIn(place)).map(chainTo)).toEqual([]);
  });
}
