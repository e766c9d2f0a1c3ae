import type { Environment } from './load.ts';
import { parseValue } from './parse-value.ts';
import { type PgrstSetting, pgrstSettings } from './pgrst-settings.ts';

export type PgrstName = keyof typeof pgrstSettings;

export type PgrstConfig = {
  readonly [Name in PgrstName]: (typeof pgrstSettings)[Name] extends PgrstSetting<infer T> ? T : never;
} & {
  /** `PGRST_APP_SETTINGS_<NAME>`: transaction settings for SQL to read, names in full. */
  readonly appSettings: readonly (readonly [name: string, value: string])[];
};

/** Settings found in the database, without their `pgrst.` (`db_schemas`). */
export type DatabaseSettings = Readonly<Record<string, string>>;

/**
 * The frozen settings: from the database, else from the environment, else the default.
 * @throws HutchError `config_invalid_value`, naming the setting and its form.
 */
export function loadPgrst(environment: Environment, inDatabase: DatabaseSettings = {}): PgrstConfig {
  const values = Object.entries(pgrstSettings).map(([key, setting]) => [key, read(setting, environment, inDatabase)]);
  return Object.freeze({ ...Object.fromEntries(values), appSettings: readAppSettings(environment) }) as PgrstConfig; // one entry for each row
}

function read(setting: PgrstSetting<unknown>, environment: Environment, inDatabase: DatabaseSettings): unknown {
  for (const variable of setting.env) {
    const name = variable.slice('PGRST_'.length).toLowerCase();
    const stored = setting.outsideOnly ? undefined : inDatabase[name];
    const [source, raw] = stored === undefined ? [variable, environment[variable]] : [`pgrst.${name}`, stored];
    if (raw !== undefined && (raw !== '' || setting.emptyable)) return parseValue(setting, raw, source);
  }
  return setting.default;
}

const appSettingsPrefix = 'PGRST_APP_SETTINGS_';

/** Names keep the case that the environment has, as in PostgREST. */
function readAppSettings(environment: Environment): PgrstConfig['appSettings'] {
  return Object.entries(environment)
    .filter(([variable]) => variable.startsWith(appSettingsPrefix))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([variable, value]) => [`app.settings.${variable.slice(appSettingsPrefix.length)}`, value ?? ''] as const);
}

/** `pgrst.*` names that are read from the database. */
export function databaseSettingNames(): readonly string[] {
  const rows: readonly PgrstSetting<unknown>[] = Object.values(pgrstSettings);
  return rows.filter((setting) => !setting.outsideOnly).map((setting) => `pgrst.${setting.name.replaceAll('-', '_')}`);
}
