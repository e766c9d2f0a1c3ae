import type { Lease } from '../../db/index.ts';
import { literal } from '../../db/index.ts';
import type { Session } from './session.ts';
import { joined, runSql } from './sql.ts';

/** Settings whose value every client is told at connect and at each change (GUC_REPORT of Postgres 18). */
const REPORTED = [
  'server_version',
  'server_encoding',
  'client_encoding',
  'application_name',
  'default_transaction_read_only',
  'in_hot_standby',
  'is_superuser',
  'session_authorization',
  'DateStyle',
  'IntervalStyle',
  'TimeZone',
  'integer_datetimes',
  'standard_conforming_strings',
  'scram_iterations',
  'search_path',
] as const;

/** Time limits that Postgres keeps with timers, which the embedded engine lacks: the port keeps them. */
const LIMITS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'] as const;

export interface Limits {
  /** Milliseconds; 0: none. */
  readonly statement: number;
  readonly lock: number;
  readonly idleInTransaction: number;
}

export const NO_LIMITS: Limits = Object.freeze({ statement: 0, lock: 0, idleInTransaction: 0 });

export interface Report {
  readonly values: ReadonlyMap<string, string>;
  readonly limits: Limits;
}

const list = (names: readonly string[]): string => names.map(literal).join(', ');

const REPORT_QUERY = `SELECT n, pg_catalog.current_setting(n) FROM pg_catalog.unnest(ARRAY[${list([...REPORTED, ...LIMITS])}]) AS n`;

/** Reads what the session's settings are now. */
export async function readReport(lease: Lease): Promise<Report> {
  const rows = await runSql(lease, [REPORT_QUERY]);
  const values = new Map(rows.map(([name, value]) => [name ?? '', value ?? '']));
  const limit = (name: string): number => milliseconds(values.get(name) ?? '0');
  const limits = {
    statement: limit('statement_timeout'),
    lock: limit('lock_timeout'),
    idleInTransaction: limit('idle_in_transaction_session_timeout'),
  };
  for (const name of LIMITS) values.delete(name);
  return { values, limits };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1500ms`, `2s`, `1min`, `0`, as `current_setting` prints a time. */
export function milliseconds(text: string): number {
  const match = /^(\d+)(ms|s|min|h|d)?$/.exec(text);
  return match === null ? 0 : Number(match[1]) * (UNITS[match[2] ?? 'ms'] ?? 1);
}

/**
 * After a RESET, the settings that the client gave at connect are what they are reset to. To Postgres they are settings like others
 * here, so those that are no longer set are set again.
 */
export async function restoreStartup(lease: Lease, session: Session): Promise<void> {
  const texts = session.startup.map(
    ({ name, value }) =>
      `SELECT pg_catalog.set_config(${literal(name)}, ${literal(value)}, false) WHERE NOT EXISTS ` +
      `(SELECT FROM pg_catalog.pg_settings WHERE name = ${literal(name)} AND source = 'session')`,
  );
  if (texts.length > 0) await runSql(lease, [joined(texts)]);
}
