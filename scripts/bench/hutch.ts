import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATASET } from './dataset.ts';

/** As in production: warnings are logged only, and nobody watches. */
export const HUTCH: Readonly<Record<string, string>> = {
  PORT: '0',
  LOG_LEVEL: 'error',
  PGRST_DB_ANON_ROLE: 'anon',
  HUTCH_STUDIO: 'off',
  HUTCH_WIRE: 'off',
  HUTCH_DRIZZLE_STUDIO: 'off',
  HUTCH_SERVER_TIMING: 'off',
  HUTCH_RELOAD: 'off',
};

/** Who makes the tables: policies do not bind it. */
export const ownerOf = (databaseUrl: string | undefined): string =>
  databaseUrl === undefined ? 'postgres' : decodeURIComponent(new URL(databaseUrl).username);

const main = join(import.meta.dir, '..', '..', 'src', 'cli', 'main.ts');

/** `hutch start`, without a project, on a server that has the tables; on the embedded engine `hutch dev` in a project whose only migration makes them. */
export function hutchCommand(databaseUrl: string | undefined): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'hutch-bench-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  if (databaseUrl === undefined) layProject(root, DATASET);
  return [process.execPath, main, databaseUrl === undefined ? 'dev' : 'start', '--project', root];
}

/** A project whose only migration is this SQL. */
export function layProject(root: string, sql: string): void {
  const migration = join(root, 'drizzle', '20260101000000_tables');
  mkdirSync(migration, { recursive: true });
  writeFileSync(join(migration, 'migration.sql'), sql);
  writeFileSync(
    join(root, 'drizzle.config.json'),
    '{ "dialect": "postgresql", "schema": "schema.ts", "out": "drizzle" }',
  );
  writeFileSync(join(root, 'schema.ts'), 'export {};\n');
}
