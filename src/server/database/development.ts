/** What the embedded database has in development and a production database gets from its owner: roles, access, news of its schema. */
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { API_ROLES, makeRoles } from '../../data/roles/index.ts';
import type { Driver } from '../../db/index.ts';
import type { Migration, Schema } from '../../migrate/index.ts';

interface Standing {
  /** Everyone may read and write whatever no policy protects. */
  readonly open: boolean;
  readonly watched: boolean;
  /** A table of the project's has row security. */
  readonly secured: boolean;
}

/** Before the migrations: the roles that policies name and requests act as. */
export function prepareRoles(driver: Driver, migrations: readonly Migration[]): Promise<void> {
  return makeRoles(
    driver,
    migrations.map((it) => it.sql),
    API_ROLES,
  );
}

/**
 * After the migrations: a schema without a single policy has not said yet who may do what, so everyone on this machine may do everything;
 * with the first policy (in the database, where the schema is not known) the database's own privileges hold, as in production. And whoever
 * changes the schema, the API hears of it.
 */
export async function settleDevelopment(driver: Driver, schema: Schema | undefined): Promise<void> {
  const standing = await standingOf(driver);
  const open = schema === undefined ? !standing.secured : !hasPolicies(schema);
  const script = [...(standing.open === open ? [] : [access(open)]), ...(standing.watched ? [] : [WATCH])];
  if (script.length > 0) await driver.script(`BEGIN;\n${script.join(';\n')};\nCOMMIT`);
}

async function standingOf(driver: Driver): Promise<Standing> {
  const { rows } = await driver.query({ text: STANDING, prepare: false });
  const [open, watched, secured] = rows[0] ?? [];
  return { open: open === 't', watched: watched === 't', secured: secured === 't' };
}

const STANDING = `SELECT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
    WHERE r.rolname = 'anon' AND m.roleid = 'pg_read_all_data'::regrole),
  EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'hutch_schema_changed'),
  EXISTS (SELECT FROM pg_class WHERE relrowsecurity AND relnamespace NOT IN
    (SELECT oid FROM pg_namespace WHERE nspname IN ('hutch', 'auth', 'storage')))`;

function hasPolicies(schema: Schema): boolean {
  const tables = Object.values(schema).filter((it): it is PgTable => is(it, PgTable));
  return tables.map(getTableConfig).some(({ policies, enableRLS }) => enableRLS || policies.length > 0);
}

/** By membership and not by grants, so that tables keep the privileges which their migrations gave them. */
const access = (open: boolean): string =>
  `${open ? 'GRANT' : 'REVOKE'} pg_read_all_data, pg_write_all_data ${open ? 'TO' : 'FROM'} anon, authenticated, service_role`;

/** Source: the event triggers in PostgREST's documentation, "Schema Cache Reloading". Only a superuser may make them. */
const WATCH = `CREATE SCHEMA IF NOT EXISTS hutch;
CREATE OR REPLACE FUNCTION hutch.schema_changed() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_EVENT = 'sql_drop' OR EXISTS (
    SELECT FROM pg_event_trigger_ddl_commands() WHERE schema_name IS DISTINCT FROM 'pg_temp'
  ) THEN
    NOTIFY pgrst, 'reload schema';
  END IF;
END $$;
CREATE EVENT TRIGGER hutch_schema_changed ON ddl_command_end EXECUTE FUNCTION hutch.schema_changed();
CREATE EVENT TRIGGER hutch_schema_dropped ON sql_drop EXECUTE FUNCTION hutch.schema_changed()`;
