import { availableExtensions } from '../../db/index.ts';
import type { Migration } from './files.ts';
import { placeOf } from './statements.ts';

const NAME = '("[^"]+"|\\w[\\w-]*)';
const CREATE = new RegExp(`\\bCREATE\\s+EXTENSION\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?${NAME}`, 'gi');

/** Every statement about one extension, to its end. */
const ABOUT = new RegExp(
  `\\b(?:CREATE\\s+EXTENSION\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?|(?:ALTER|COMMENT\\s+ON)\\s+EXTENSION\\s+)${NAME}[^;]*(?:;|$)`,
  'gi',
);

/** What shows that SQL or a schema file uses an extension, which a hosted Postgres may have without any migration that creates it. */
const SIGNS: Readonly<Record<string, RegExp>> = {
  vector: /\b(?:half|sparse)?vec(?:tor)?\(\s*['"{\d]/,
  postgis: /\b(?:geometry|geography)\(|\bST_[A-Z]\w+\(/,
  'uuid-ossp': /\buuid_generate_v[1345]\b/,
  pg_trgm: /\bg(?:in|ist)_trgm_ops\b/,
  citext: /\bcitext\b/i,
  pgcrypto: /\bgen_salt\s*\(/,
  ltree: /\bltree\b/,
  hstore: /\bhstore\b/,
  unaccent: /\bunaccent\s*\(/,
  btree_gist: /\bEXCLUDE\s+USING\s+gist\b/i,
};

const bare = (name: string): string => name.replaceAll('"', '');

/** The extensions that this SQL creates. */
const createdBy = (text: string): readonly string[] => [...text.matchAll(CREATE)].map(([, name = '']) => bare(name));

export interface Extensions {
  /** An embedded engine has to load them when it opens. */
  readonly load: readonly string[];
  /** Used, and created by no migration: a hosted Postgres has them from elsewhere. */
  readonly create: readonly string[];
  /** Used, but not to be had in the embedded engine. */
  readonly missing: readonly string[];
}

/** The extensions of a project: those that its migrations create, and those that they or its schema files show to be there. */
export function extensionsOf(migrations: readonly Pick<Migration, 'sql'>[], schemaText = ''): Extensions {
  const text = [...migrations.map((it) => it.sql), schemaText].join('\n');
  const available = new Set(availableExtensions());
  const created = createdBy(text);
  const signed = Object.keys(SIGNS).filter((name) => SIGNS[name]?.test(text) && !created.includes(name));
  const all = [...new Set([...created, ...signed])];
  return {
    load: all.filter((it) => available.has(it)),
    create: signed.filter((it) => available.has(it)),
    missing: all.filter((it) => !available.has(it) && it !== 'plpgsql'),
  };
}

/** The extensions that the embedded engine has to load for these migrations; one that needs another fails on it, and says so. */
export const embeddedExtensions = (migrations: readonly Pick<Migration, 'sql'>[]): readonly string[] =>
  extensionsOf(migrations).load;

export interface Skipped {
  readonly extension: string;
  /** `drizzle/0001_geo.sql:3` */
  readonly at: string;
}

/**
 * Migrations for an engine that lacks some extensions: the statements which create those are blanks, so that all others keep their places, and
 * the ledger has the files' own checksums.
 */
export function withoutExtensions(
  migrations: readonly Migration[],
  missing: readonly string[],
): { readonly migrations: readonly Migration[]; readonly skipped: readonly Skipped[] } {
  const skipped: Skipped[] = [];
  if (missing.length === 0) return { migrations, skipped };
  const blanked = migrations.map((migration) => {
    const sql = migration.sql.replace(ABOUT, (statement: string, name: string, offset: number) => {
      if (!missing.includes(bare(name))) return statement;
      skipped.push({ extension: bare(name), at: `${migration.path}:${placeOf(migration.sql, offset).line}` });
      return statement.replace(/[^\n]/g, ' ');
    });
    return sql === migration.sql ? migration : { ...migration, sql };
  });
  return { migrations: blanked, skipped };
}
