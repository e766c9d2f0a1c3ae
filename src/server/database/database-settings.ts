import type { Environment } from '../../config/index.ts';
import { type DatabaseSettings, databaseSettingNames, loadPgrst, type PgrstConfig } from '../../config/pgrst.ts';
import type { RoutineName } from '../../config/pgrst-settings.ts';
import { type Driver, HOUSE, qualified } from '../../db/index.ts';

/**
 * PostgREST's settings: from the database (`ALTER ROLE … SET pgrst.… `, per database before per role, and what the pre-config
 * function sets), else from the environment.
 * Source: PostgREST, Config/Database.hs.
 */
export async function readPgrst(driver: Driver, environment: Environment): Promise<PgrstConfig> {
  const outside = loadPgrst(environment);
  return outside.dbConfig ? loadPgrst(environment, await inDatabase(driver, outside.preConfig)) : outside;
}

async function inDatabase(driver: Driver, preConfig: RoutineName | undefined): Promise<DatabaseSettings> {
  const names = `{${databaseSettingNames().join(',')}}`;
  const [result] = await driver.batch([{ text: query(preConfig), params: [names], prepare: false }], {
    readOnly: true,
    label: HOUSE,
  });
  return Object.fromEntries((result?.rows ?? []).map(([key, value]) => [key ?? '', value ?? '']));
}

function query(preConfig: RoutineName | undefined): string {
  const called = preConfig && qualified(preConfig.schema, preConfig.name);
  const dynamic = `UNION SELECT NULL::oid, x, current_setting(x, true) FROM unnest($1::text[]) x JOIN ${called}() _ ON true`;
  return `WITH stored AS (
  SELECT setdatabase AS database, unnest(setconfig) AS setting
  FROM pg_catalog.pg_db_role_setting
  WHERE setrole = quote_ident(current_user)::regrole::oid
    AND setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_catalog))
), pairs AS (
  SELECT database, split_part(setting, '=', 1) AS key, substr(setting, strpos(setting, '=') + 1) AS value FROM stored
  ${called === undefined ? '' : dynamic}
)
SELECT DISTINCT ON (key) replace(key, 'pgrst.', ''), value FROM pairs
WHERE key = ANY ($1::text[]) AND value IS NOT NULL
ORDER BY key, database DESC NULLS LAST`;
}
