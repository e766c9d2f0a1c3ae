import type { Driver } from '../../db/driver.ts';
import { identifier, literal } from '../../db/quoting.ts';
import { HutchError } from '../../errors/index.ts';
import type { LedgerName } from '../project/project.ts';
import { readState } from '../state/read.ts';

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
  /** In production, on servers that are not local, and where no migration ever ran, the name must be given. */
  readonly production: boolean;
  /** By which a database is known as the project's. */
  readonly ledger: LedgerName;
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
  const guarded = options.production || (await isSomebodyElses(driver, options.ledger));
  if (guarded && options.confirm !== database) {
    throw new HutchError('migrate_refused', {
      details: `Everything in the database '${database}' would be dropped.`,
      hint: `Say so with --force ${database}`,
      field: 'force',
    });
  }
  await wipe(driver);
  return { database };
}

/** It has tables, and neither migrations nor a push of a project's ever came here. */
async function isSomebodyElses(driver: Driver, ledger: LedgerName): Promise<boolean> {
  const text = `SELECT to_regnamespace(${literal(identifier(ledger.schema))}) IS NULL AND EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname !~ '^(pg_|information_schema$)')`;
  return (await driver.query({ text, prepare: false })).rows[0]?.[0] === 't';
}
