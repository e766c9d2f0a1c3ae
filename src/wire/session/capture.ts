import type { Row } from '../../db/index.ts';
import { literal } from '../../db/index.ts';

/** What of a client's session may have changed since it was last looked at. */
export interface Suspicion {
  settings: boolean;
  temporary: boolean;
  prepares: boolean;
  advisory: boolean;
}

export const noSuspicion = (): Suspicion => ({ settings: false, temporary: false, prepares: false, advisory: false });

export interface HeldLock {
  /** `5` for one bigint, `1/2` for two integers. */
  readonly key: string;
  readonly exclusive: boolean;
  /** How often it was taken; it is free after as many releases. */
  readonly count: number;
}

/** What was found. Undefined: it was not looked for. */
export interface Captured {
  readonly authorization?: string;
  readonly role?: string;
  readonly settings?: ReadonlyMap<string, string>;
  readonly temporary?: boolean;
  readonly prepared?: ReadonlyMap<string, string>;
  readonly locks?: readonly HeldLock[];
}

/**
 * SQL that reads the state of the session, one result with three columns (kind, name, value). It first gives up the client's role,
 * under which some settings can't be seen: whoever captures also resets.
 */
export function captureStatements(suspicion: Suspicion, customSettings: Iterable<string>): readonly string[] {
  const statements: string[] = [];
  if (suspicion.settings) {
    statements.push(IDENTITY, 'RESET SESSION AUTHORIZATION', 'RESET ROLE', SETTINGS, customQuery(customSettings));
  }
  if (suspicion.temporary) statements.push(TEMPORARY);
  if (suspicion.prepares) statements.push(PREPARED);
  if (suspicion.advisory) statements.push(LOCKS);
  return statements;
}

/** The same for the settings only, with the role left as it is; it sees all of them only where none is set. */
export const settingsStatements = (customSettings: Iterable<string>): readonly string[] => [
  IDENTITY,
  SETTINGS,
  customQuery(customSettings),
];

const IDENTITY = "SELECT 'identity', session_user, pg_catalog.current_setting('role')";

/** Values are in base units, which SET takes without a unit. */
const SETTINGS =
  "SELECT 'setting', name, setting FROM pg_catalog.pg_settings " +
  "WHERE source = 'session' AND context IN ('user', 'superuser') AND name NOT LIKE 'transaction\\_%' AND name <> 'seed'";

/** Settings that Postgres does not know are in no list; they can only be asked for by name. */
const customQuery = (names: Iterable<string>): string => {
  const list = [...names].map(literal).join(', ');
  return (
    `SELECT 'setting', n, pg_catalog.current_setting(n, true) FROM pg_catalog.unnest(ARRAY[${list}]::text[]) AS n ` +
    "WHERE coalesce(pg_catalog.current_setting(n, true), '') <> ''"
  );
};

const TEMPORARY = `SELECT 'temporary', '', '' WHERE pg_catalog.pg_my_temp_schema() <> 0 AND (
  EXISTS (SELECT FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.pg_my_temp_schema())
  OR EXISTS (SELECT FROM pg_catalog.pg_type WHERE typnamespace = pg_catalog.pg_my_temp_schema())
  OR EXISTS (SELECT FROM pg_catalog.pg_proc WHERE pronamespace = pg_catalog.pg_my_temp_schema()))`;

const PREPARED = "SELECT 'prepared', name, statement FROM pg_catalog.pg_prepared_statements WHERE from_sql";

/** The most often that one lock is counted to be held. */
const MOST_TAKES = 64;

/**
 * Postgres does not tell how often a session has taken a lock, but each release does tell whether there was something to release. So all
 * are counted by releasing them.
 */
const LOCKS = `WITH held AS MATERIALIZED (
  SELECT classid::bigint AS high, objid::bigint AS low, objsubid, mode = 'ExclusiveLock' AS exclusive
  FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid()
), keyed AS MATERIALIZED (
  SELECT exclusive, objsubid = 1 AS single, (high << 32) | low AS key,
    high::bit(32)::integer AS a, low::bit(32)::integer AS b FROM held
), released AS MATERIALIZED (
  SELECT keyed.*, CASE
    WHEN single AND exclusive THEN pg_catalog.pg_advisory_unlock(key)
    WHEN single THEN pg_catalog.pg_advisory_unlock_shared(key)
    WHEN exclusive THEN pg_catalog.pg_advisory_unlock(a, b)
    ELSE pg_catalog.pg_advisory_unlock_shared(a, b) END AS freed
  FROM keyed, pg_catalog.generate_series(1, ${MOST_TAKES})
)
SELECT 'lock', CASE WHEN single THEN key::text ELSE concat(a, '/', b) END,
  concat(CASE WHEN exclusive THEN 'x' ELSE 's' END, count(*) FILTER (WHERE freed))
FROM released GROUP BY single, key, a, b, exclusive`;

/** Reads the rows that the statements gave. */
export function readCaptured(suspicion: Suspicion, rows: readonly Row[]): Captured {
  const of = (kind: string) => rows.filter((row) => row[0] === kind);
  const pairs = (kind: string) => new Map(of(kind).map(([, name, value]) => [name ?? '', value ?? '']));
  const [identity] = of('identity');
  return {
    authorization: identity?.[1] ?? undefined,
    role: identity?.[2] ?? undefined,
    settings: suspicion.settings ? pairs('setting') : undefined,
    temporary: suspicion.temporary ? of('temporary').length > 0 : undefined,
    prepared: suspicion.prepares ? pairs('prepared') : undefined,
    locks: suspicion.advisory ? of('lock').map(([, key, held]) => readLock(key ?? '', held ?? '')) : undefined,
  };
}

const readLock = (key: string, held: string): HeldLock => ({
  key,
  exclusive: held.startsWith('x'),
  count: Math.max(1, Number(held.slice(1))),
});
