import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Driver } from '../../db/driver.ts';
import { identifier } from '../../db/quoting.ts';
import { runKit, succeeded } from '../kit/kit.ts';
import { DRIZZLE_LEDGER, findConfig } from '../project/project.ts';
import { keyed } from '../state/keyed.ts';
import { leaveOf, readState } from '../state/read.ts';

export interface PullOptions {
  /** Where the project is, or shall be. */
  readonly root: string;
  /** Reaches the database that `driver` is on; drizzle-kit opens a connection of its own. */
  readonly url: string;
  /** Postgres schemas to take; empty: `public`. */
  readonly schemas?: readonly string[];
  /** Record the baseline as applied in the database's ledger (default true). */
  readonly init?: boolean;
}

export interface Pulled {
  /** Paths from the root. */
  readonly written: readonly string[];
  readonly tables: number;
  /** What neither a Drizzle schema nor an object file can hold. */
  readonly leftOut: readonly string[];
}

/**
 * Makes a Drizzle project of an existing database: schema and relations in TypeScript, a baseline migration that counts as applied, the functions
 * and triggers that Drizzle does not know as object files, and a `drizzle.config.ts` where there is none.
 * @throws HutchError `migrate_generate_failed` with drizzle-kit's reason
 */
export async function pull(driver: Driver, options: PullOptions): Promise<Pulled> {
  const out = join(options.root, 'drizzle');
  await mkdir(out, { recursive: true });
  const schemas = options.schemas ?? [];
  succeeded(await runKit({ op: 'pull', out, url: options.url, schemas, init: options.init !== false }));
  const moved = await moveSchema(options.root, out);
  const state = await readState(driver, leaveOf(DRIZZLE_LEDGER));
  const names = keyed(state);
  const wanted = (it: { readonly schema: string }) => schemas.length === 0 || schemas.includes(it.schema);
  const functions = state.functions
    .filter(wanted)
    .map((it): readonly [string, string] => [
      `${it.schema}.${it.name}`,
      `-- down: DROP ${it.kind === 'p' ? 'PROCEDURE' : 'FUNCTION'} IF EXISTS ${identifier(it.schema)}.${identifier(it.name)}(${it.args}) CASCADE;\n${it.def.trim()};\n`,
    ]);
  const triggers = state.triggers.map((it): readonly [string, string] => {
    const table = names.relation(it.table);
    const called = functions.map(([name]) => name).filter((name) => it.def.includes(`${name}(`));
    const drop = `DROP TRIGGER IF EXISTS ${identifier(it.name)} ON ${table};`;
    const depends = called.map((name) => `-- depends on: ${name}\n`).join('');
    return [`${table.replaceAll('"', '')}.${it.name}`, `${depends}-- down: ${drop}\n${drop}\n${it.def};\n`];
  });
  const objects = await writeObjects(join(out, 'objects'), [...functions, ...triggers]);
  const config = await writeConfig(options.root, schemas);
  const written = [...moved, ...objects, ...config].map((it) => relative(options.root, it));
  return {
    written,
    tables: state.tables.filter(wanted).length,
    leftOut: state.others.map((it) => `${it.kind} ${it.name}`),
  };
}

/** drizzle-kit writes beside the migrations; a project keeps its schema with its code. */
async function moveSchema(root: string, out: string): Promise<readonly string[]> {
  const target = join(root, 'src', 'db');
  await mkdir(target, { recursive: true });
  const found: string[] = [];
  for (const name of ['schema.ts', 'relations.ts']) {
    if (!existsSync(join(out, name))) continue;
    const path = join(target, name);
    if (existsSync(path)) await rm(path);
    await rename(join(out, name), path);
    found.push(path);
  }
  const folders = (await readdir(out)).filter((it) => existsSync(join(out, it, 'migration.sql')));
  return [...found, ...folders.map((it) => join(out, it))];
}

async function writeObjects(
  folder: string,
  objects: readonly (readonly [string, string])[],
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const [name, text] of objects) {
    const path = join(folder, `${name.replace(/[^\w.-]/g, '_')}.sql`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    paths.push(path);
  }
  return paths;
}

async function writeConfig(root: string, schemas: readonly string[]): Promise<readonly string[]> {
  if (findConfig(root) !== undefined) return [];
  const path = join(root, 'drizzle.config.ts');
  const filter = schemas.length > 0 ? `\n  schemaFilter: ${JSON.stringify(schemas)},` : '';
  await writeFile(
    path,
    `import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/db/schema.ts',
  out: './drizzle',${filter}
});
`,
  );
  return [path];
}
