/** drizzle-kit, as its users run it, on the port. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openWireTarget, type WireTarget } from './targets.ts';

const repository = join(import.meta.dir, '..', '..', '..');
const kit = join(repository, 'node_modules', 'drizzle-kit', 'bin.cjs');

const SCHEMA = `import { integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
export const films = pgTable('films', { id: integer().primaryKey(), title: text().notNull() }, (t) => [uniqueIndex('films_title').on(t.title)]);
export const reviews = pgTable('reviews', { id: integer().primaryKey(), filmId: integer('film_id').references(() => films.id) });
`;

describe('drizzle-kit through the port', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hutch-kit-'));
  let target: WireTarget;
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  beforeAll(async () => {
    target = await openWireTarget();
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
    write('schema.ts', SCHEMA);
    const credentials = `dbCredentials: { url: '${target.url}' }`;
    const config = (out: string) =>
      `export default { dialect: 'postgresql', schema: './schema.ts', out: './${out}', ${credentials} };\n`;
    write('drizzle.config.ts', config('drizzle'));
    write('pull.config.ts', config('pulled'));
  });
  afterAll(async () => {
    await target.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (...args: string[]) => {
    const child = Bun.spawn([process.execPath, kit, ...args], {
      cwd: folder,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const [out, err, status] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return status === 0 ? 'ok' : `${out}\n${err}`;
  };
  const columns = async () => {
    const text = `SELECT string_agg(table_name || '.' || column_name, ' ' ORDER BY table_name, ordinal_position)
      FROM information_schema.columns WHERE table_schema = 'public'`;
    return (await target.driver.query({ text })).rows[0]?.[0];
  };

  test('push brings the database up to the schema, and again with nothing to do', async () => {
    expect(await run('push', '--force')).toBe('ok');
    expect(await columns()).toBe('films.id films.title reviews.id reviews.film_id');
    expect(await run('push', '--force')).toBe('ok');
  }, 60_000);

  test('pull writes the schema that the database has', async () => {
    expect(await run('pull', '--config', 'pull.config.ts')).toBe('ok');
    const files = readdirSync(join(folder, 'pulled'), { recursive: true, encoding: 'utf8' });
    const schema = files.find((name) => name.endsWith('schema.ts')) ?? 'schema.ts';
    expect(readFileSync(join(folder, 'pulled', schema), 'utf8')).toContain('films_title');
  }, 60_000);

  test('migrate runs what generate has made', async () => {
    await target.driver.script('DROP TABLE reviews, films');
    expect(await run('generate', '--name', 'first')).toBe('ok');
    expect(await run('migrate')).toBe('ok');
    expect(await columns()).toBe('films.id films.title reviews.id reviews.film_id');
    expect(await run('migrate')).toBe('ok');
  }, 60_000);
});
