import { type Place, placeOf, skeleton, splitStatements } from '../files/statements.ts';

/** Something in a migration that hurts a database in use. */
export interface Warning {
  readonly rule: string;
  readonly place: Place;
  readonly message: string;
  /** The form that hurts less. */
  readonly safer: string;
}

interface Rule {
  readonly name: string;
  /** Matched against the statement without comments and strings; its first group is the table, where there is one. */
  readonly pattern: RegExp;
  /** Lets a match pass. */
  readonly unless?: RegExp;
  readonly message: string;
  readonly safer: string;
}

const TABLE = '((?:"[^"]+"|[\\w$]+)(?:\\.(?:"[^"]+"|[\\w$]+))?)';
const ALTER = `^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?${TABLE} .*`;

const RULES: readonly Rule[] = [
  {
    name: 'index-locks-writes',
    pattern: new RegExp(`^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).*?\\bON (?:ONLY )?${TABLE}`, 'i'),
    message: 'Writes to the table wait until the index is built.',
    safer: 'CREATE INDEX CONCURRENTLY, in a migration of its own: generate --custom.',
  },
  {
    name: 'not-null-without-default',
    pattern: new RegExp(`${ALTER}ADD COLUMN .*\\bNOT NULL\\b`, 'i'),
    unless: /\bDEFAULT\b|\bGENERATED\b|\b(?:small|big)?serial\b/i,
    message: 'This fails where the table has rows: they have no value for the new column.',
    safer: 'Add the column without NOT NULL, fill it, then SET NOT NULL; or give it a default.',
  },
  {
    name: 'set-not-null-scans',
    pattern: new RegExp(`${ALTER}ALTER COLUMN .*\\bSET NOT NULL\\b`, 'i'),
    message:
      'The whole table is read under a lock that stops reads and writes, and this fails where a row has no value.',
    safer:
      'ADD CONSTRAINT … CHECK (column IS NOT NULL) NOT VALID; VALIDATE CONSTRAINT; then SET NOT NULL, which is quick.',
  },
  {
    name: 'type-change-rewrites',
    pattern: new RegExp(`${ALTER}ALTER COLUMN .*\\b(?:SET DATA )?TYPE\\b`, 'i'),
    unless: /TYPE (?:text|varchar|character varying)(?! ?\(\d+\)).*$/i,
    message: 'The whole table is rewritten under a lock that stops reads and writes.',
    safer: 'Add a column of the new type, copy in batches, switch the code, then drop the old one.',
  },
  {
    name: 'default-rewrites',
    pattern: new RegExp(
      `${ALTER}ADD COLUMN .*(?:DEFAULT \\(?(?:gen_random_uuid|uuid_generate_v\\d|random|clock_timestamp|nextval)\\b|\\b(?:small|big)?serial\\b|\\bSTORED\\b|AS IDENTITY)`,
      'i',
    ),
    message: 'Every row needs a value of its own, so the whole table is rewritten under a lock.',
    safer: 'Add the column without it, set the default for new rows, and fill the old rows in batches.',
  },
  {
    name: 'foreign-key-scans',
    pattern: new RegExp(`${ALTER}ADD CONSTRAINT .*\\bFOREIGN KEY\\b`, 'i'),
    unless: /\bNOT VALID\b/i,
    message: 'Both tables are locked against writes while every row is checked.',
    safer: 'ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in the next migration.',
  },
  {
    name: 'check-scans',
    pattern: new RegExp(`${ALTER}ADD CONSTRAINT .*\\bCHECK\\b`, 'i'),
    unless: /\bNOT VALID\b/i,
    message: 'The table is locked while every row is checked.',
    safer: 'ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in the next migration.',
  },
  {
    name: 'key-locks-table',
    pattern: new RegExp(`${ALTER}ADD (?:CONSTRAINT .*)?(?:UNIQUE|PRIMARY KEY)\\b`, 'i'),
    unless: /\bUSING INDEX\b|\bADD COLUMN\b/i,
    message: 'Its index is built under a lock that stops reads and writes.',
    safer: 'CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX.',
  },
  {
    name: 'drops-column',
    pattern: new RegExp(`${ALTER}DROP COLUMN\\b`, 'i'),
    message: 'Its data is gone, and code that still reads it fails from this moment on.',
    safer: 'Release code that no longer uses it first.',
  },
  {
    name: 'drops-table',
    pattern: new RegExp(`^DROP TABLE (?:IF EXISTS )?${TABLE}`, 'i'),
    message: 'Its rows are gone, and code that still reads it fails from this moment on.',
    safer: 'Release code that no longer uses it first; rename the table, and drop it later.',
  },
  {
    name: 'rename-breaks-code',
    pattern: new RegExp(`${ALTER}RENAME (?:COLUMN .* )?TO\\b`, 'i'),
    message: 'Code that runs while this is released still uses the old name.',
    safer: 'Add the new one beside the old, write both, move readers over, then drop the old one.',
  },
  {
    name: 'rewrites-table',
    pattern: new RegExp(`^(?:VACUUM FULL|CLUSTER) ?${TABLE}?|${ALTER}SET (?:LOGGED|UNLOGGED|TABLESPACE)`, 'i'),
    message: 'The whole table is rewritten under a lock that stops reads and writes.',
    safer: 'Plan a pause for it.',
  },
];

/** What hurts in production, in the order of the file. Tables that the same file makes are empty, and pass. */
export function warningsOf(sql: string): readonly Warning[] {
  const statements = splitStatements(sql).map((it) => ({ ...it, words: skeleton(it.text) }));
  const made = new Set(
    statements.flatMap(({ words }) =>
      tableName(/^CREATE (?:\w+ )?TABLE (?:IF NOT EXISTS )?("?[\w.$"]+)/i.exec(words)?.[1]),
    ),
  );
  return statements.flatMap(({ words, offset }) =>
    RULES.flatMap((rule) => {
      const match = rule.pattern.exec(words);
      const [table] = tableName(match?.[1] ?? match?.[2]);
      if (!match || rule.unless?.test(words) || (table !== undefined && made.has(table))) return [];
      return [{ rule: rule.name, place: placeOf(sql, offset), message: rule.message, safer: rule.safer }];
    }),
  );
}

/** `"public"."users"` and `users` are one. */
function tableName(written: string | undefined): readonly string[] {
  return written === undefined ? [] : [written.replaceAll('"', '').replace(/^public\./, '')];
}
