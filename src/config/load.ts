import { duration } from './kinds.ts';
import { parseValue } from './parse-value.ts';
import { type Config, type Setting, type SettingName, settings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Values given on a command line, by setting name; a bare boolean flag is `true`. */
export type Flags = Readonly<Partial<Record<SettingName, string | boolean>>>;

/**
 * The frozen configuration: flag, else environment, else default. An empty environment variable counts as not set.
 * @throws HutchError `config_invalid_value`, naming the setting, its form and the nearest right value.
 */
export function loadConfig(environment: Environment, flags: Flags = {}): Config {
  const entries = Object.entries(settings).map(([name, row]) => [
    name,
    settled(row as Setting<unknown>, environment, flags[name as SettingName]),
  ]);
  return Object.freeze(Object.fromEntries(entries)) as Config; // one entry for each row of the table
}

function settled(row: Setting<unknown>, environment: Environment, given: string | boolean | undefined): unknown {
  if (given !== undefined) return parseValue(row, String(given), `--${row.flag}`);
  const name = row.env.find((candidate) => environment[candidate]);
  const raw = name === undefined ? undefined : environment[name];
  return raw === undefined ? row.default : parseValue(row, inOurUnit(row, name ?? '', raw), name ?? '');
}

/** PostgREST's durations are seconds. */
function inOurUnit({ kind }: Setting<unknown>, name: string, raw: string): string {
  return kind === duration && name.startsWith('PGRST_') && /^\s*\d+\s*$/.test(raw) ? `${raw.trim()}s` : raw;
}
