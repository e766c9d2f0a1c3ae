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

const main = join(import.meta.dir, '..', '..', 'src', 'cli', 'main.ts');

/** `hutch start`, without a project, on a server that has the tables; on the embedded engine `hutch dev` in a project whose only migration makes them. */
export function hutchCommand(env: Readonly<Record<string, string>>): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'hutch-bench-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  if (env.DATABASE_URL !== undefined) return [main, 'start', '--project', root];
  layProject(root);
  return [main, 'dev', '--project', root];
}

function layProject(root: string): void {
  const migration = join(root, 'drizzle', '20260101000000_tables');
  mkdirSync(migration, { recursive: true });
  writeFileSync(join(migration, 'migration.sql'), DATASET);
  writeFileSync(
    join(root, 'drizzle.config.json'),
    '{ "dialect": "postgresql", "schema": "schema.ts", "out": "drizzle" }',
  );
  writeFileSync(join(root, 'schema.ts'), 'export {};\n');
}
