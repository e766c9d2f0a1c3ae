import type { Lease } from '../../db/index.ts';
import { runSql } from './sql.ts';

/** What functions of the database may do to the state of whatever session calls them. */
export interface HiddenEffects {
  readonly settings: boolean;
  readonly temporary: boolean;
  readonly advisory: boolean;
  /** Custom settings that they name. */
  readonly customSettings: readonly string[];
}

export const NO_HIDDEN_EFFECTS: HiddenEffects = Object.freeze({
  settings: false,
  temporary: false,
  advisory: false,
  customSettings: [],
});

const SOURCES = `SELECT coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc)
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE l.lanname NOT IN ('internal', 'c')
  AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND (p.prosrc ~* 'set|temp|advisory' OR p.prosqlbody IS NOT NULL)`;

const SET_CONFIG = /set_config\s*\(\s*(?:'([^']+)')?[^;]*?(,\s*true\s*\))?(?=\s*(?:[;,)]|$|from|into|where))/gis;
const SET_STATEMENT = /(?:^|;|\bbegin|\bthen|\belse|\bloop)\s*(?:set|reset)\s+(?!local\b)[\w.]+/i;

/** Reads the functions' sources. Only those written in SQL or a procedural language can be seen into. */
export async function readHiddenEffects(lease: Lease): Promise<HiddenEffects> {
  const rows = await runSql(lease, [SOURCES]);
  return hiddenEffects(rows.map(([source]) => source ?? ''));
}

export function hiddenEffects(sources: readonly string[]): HiddenEffects {
  const calls = sources.flatMap((source) => [...source.matchAll(SET_CONFIG)]);
  const lasting = calls.filter(([, , local]) => local === undefined);
  return {
    settings: lasting.length > 0 || sources.some((source) => SET_STATEMENT.test(source)),
    temporary: sources.some((source) => /\bcreate\s+(?:(?:local|global)\s+)?temp/i.test(source)),
    advisory: sources.some((source) => /pg_(?:try_)?advisory_(?:un)?lock/i.test(source)),
    customSettings: lasting.map(([, name]) => name ?? '').filter((name) => name.includes('.')),
  };
}
