import { HutchError, nearest } from '../errors/index.ts';
import { duration, type Kind } from './kinds.ts';
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
  if (given !== undefined) return parsed(row.kind, String(given), `--${row.flag}`);
  const name = row.env.find((candidate) => environment[candidate]);
  const raw = name === undefined ? undefined : environment[name];
  return raw === undefined ? row.default : parsed(row.kind, inOurUnit(row, name ?? '', raw), name ?? '', row.secret);
}

/** PostgREST's durations are seconds. */
function inOurUnit({ kind }: Setting<unknown>, name: string, raw: string): string {
  return kind === duration && name.startsWith('PGRST_') && /^\s*\d+\s*$/.test(raw) ? `${raw.trim()}s` : raw;
}

function parsed(kind: Kind<unknown>, raw: string, source: string, secret = false): unknown {
  const value = kind.parse(raw);
  if (value !== undefined) return value;
  const near = kind.choices && nearest(raw, kind.choices);
  throw new HutchError('config_invalid_value', {
    message: `Invalid value for ${source}${secret ? '' : `: "${raw}"`}`,
    details: `${source} takes ${kind.wants ?? kind.form}`,
    hint: near === undefined ? null : `Did you mean "${near}"?`,
    field: source,
  });
}
