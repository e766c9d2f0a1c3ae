import type { Driver } from '../db/driver.ts';
import { HutchError } from '../errors/index.ts';
import { identifier } from './names.ts';
import { readState } from './state/read.ts';

/** Empties a database: every schema, extension and, where asked, role that is not Postgres's own. The public schema comes back empty. */
export async function wipe(driver: Driver, options: { readonly roles?: boolean } = {}): Promise<void> {
  const state = await readState(driver, { schemas: [], tables: [] });
  const extensions = state.extensions.map((it) => `DROP EXTENSION IF EXISTS ${identifier(it.name)} CASCADE`);
  const schemas = state.schemas.map((it) => `DROP SCHEMA IF EXISTS ${identifier(it.name)} CASCADE`);
  const roles = options.roles
    ? state.roles.map((it) => `DROP OWNED BY ${identifier(it.name)} CASCADE; DROP ROLE ${identifier(it.name)}`)
    : [];
  const fresh = ['CREATE SCHEMA public', 'GRANT USAGE ON SCHEMA public TO PUBLIC'];
  await driver.script(['BEGIN', ...extensions, ...schemas, ...roles, ...fresh, 'COMMIT'].join(';\n'));
}

export interface ResetOptions {
  /** In production, and on servers that are not local, the name must be given. */
  readonly production: boolean;
  /** The database's name, typed by whoever wants this. */
  readonly confirm?: string;
}

/**
 * Empties a development database. Roles stay: they belong to the server.
 * @throws HutchError `migrate_refused` where the name is needed and wrong
 */
export async function reset(driver: Driver, options: ResetOptions): Promise<{ readonly database: string }> {
  const [row] = (await driver.query({ text: 'select current_database()', prepare: false })).rows;
  const database = row?.[0] ?? '';
  if (options.production && options.confirm !== database) {
    throw new HutchError('migrate_refused', {
      details: `Everything in the database '${database}' would be dropped.`,
      hint: `Say so with --force ${database}`,
      field: 'force',
    });
  }
  await wipe(driver);
  return { database };
}
