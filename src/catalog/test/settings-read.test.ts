import { expect, test } from 'bun:test';
import { catalogWith, onEveryEngine } from './databases.ts';

/** What reads a setting that it names, by its kind. */
const readers: Readonly<Record<string, (reader: string, kind: string) => string>> = {
  function: (it, kind) => `CREATE FUNCTION ${kind}() RETURNS text LANGUAGE sql AS $$ SELECT ${it} $$`,
  plpgsql: (it, kind) => `CREATE FUNCTION ${kind}() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN ${it}; END $$`,
  standard_body: (it, kind) => `CREATE FUNCTION ${kind}() RETURNS text BEGIN ATOMIC SELECT ${it}; END`,
  argument: (it, kind) => `CREATE FUNCTION ${kind}(a text DEFAULT ${it}) RETURNS text LANGUAGE sql AS 'SELECT a'`,
  policy: (it) => `CREATE POLICY p1 ON t USING (name = (SELECT ${it}))`,
  policy_check: (it) => `CREATE POLICY p2 ON t FOR INSERT WITH CHECK (name = lower(${it}))`,
  view: (it) => `CREATE VIEW v AS SELECT ${it} AS it`,
  materialized_view: (it) => `CREATE MATERIALIZED VIEW m AS SELECT ${it} AS it`,
  rule: (it) => `CREATE RULE r1 AS ON DELETE TO t DO ALSO SELECT ${it}`,
  rule_condition: (it) => `CREATE RULE r2 AS ON DELETE TO t WHERE ${it} = 'GET' DO INSTEAD NOTHING`,
  default: (it) => `ALTER TABLE t ADD COLUMN made text DEFAULT ${it}`,
  check: (it) => `ALTER TABLE t ADD CHECK (name <> ${it})`,
  domain_default: (it) => `CREATE DOMAIN d1 AS text DEFAULT ${it}`,
  domain_check: (it) => `CREATE DOMAIN d2 AS text CHECK (value <> ${it})`,
  trigger: (it) => `CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (${it} = 'PATCH')
    EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
  hutch: (it) => `CREATE FUNCTION hutch.f() RETURNS text LANGUAGE sql AS $$ SELECT ${it} $$`,
};

const COMPUTED = `current_setting('request.' || 'method', true)`;
const view = (expression: string): string => `CREATE VIEW v AS SELECT ${expression} AS it`;
const sqlFunction = (body: string): string => `CREATE FUNCTION f() RETURNS text LANGUAGE sql STABLE AS $f$ ${body} $f$`;
const plpgsql = (body: string): string =>
  `CREATE FUNCTION f(name text) RETURNS text LANGUAGE plpgsql STABLE AS $f$ BEGIN ${body} END $f$`;

/** What may read any setting. */
const readersOfAny: Readonly<Record<string, string>> = {
  'a name that a function makes': plpgsql(`RETURN current_setting('request.' || name);`),
  'a name that a function is given': plpgsql('RETURN current_setting(name, true);'),
  'a name behind a comment': plpgsql(`RETURN current_setting(/* 'a', */ name);`),
  'a reader by its quoted name': sqlFunction(`SELECT "current_setting"('request.method')`),
  'a name in escapes': sqlFunction(`SELECT U&"current\\005Fsetting"('request.method')`),
  'a name that a view makes': view(COMPUTED),
  'a name that a policy makes': `CREATE POLICY p ON t USING (name = ${COMPUTED})`,
  'a name that a default makes': `ALTER TABLE t ADD COLUMN made text DEFAULT ${COMPUTED}`,
  'a name of another type': view(`current_setting('request.method'::varchar)`),
  'SQL that is made': plpgsql('EXECUTE name; RETURN NULL;'),
  'SQL that runs elsewhere': plpgsql(`RETURN query_to_xml(name, true, true, '');`),
  'SQL that runs in a view': view(`query_to_xml('SELECT ' || 1, true, true, '')::text`),
  SHOW: `CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $f$ DECLARE r record; BEGIN FOR r IN SHOW request.method LOOP END LOOP; END $f$`,
  'pg_settings in a function': sqlFunction(`SELECT setting FROM pg_settings`),
  'pg_settings in a view': 'CREATE VIEW v AS SELECT setting FROM pg_settings',
  'what is behind pg_settings': 'CREATE VIEW v AS SELECT setting FROM pg_show_all_settings()',
  'an alias of a reader': `CREATE FUNCTION f(text) RETURNS text LANGUAGE internal AS 'show_config_by_name'`,
  'an operator': 'CREATE OPERATOR @#@ (FUNCTION = current_setting, RIGHTARG = text)',
  'a cast': `CREATE TYPE n AS (name text); CREATE FUNCTION f(n) RETURNS text LANGUAGE internal AS 'show_config_by_name';
      CREATE CAST (n AS text) WITH FUNCTION f(n)`,
  'an aggregate': 'CREATE AGGREGATE a (text) (SFUNC = textcat, STYPE = text, FINALFUNC = current_setting)',
  "somebody's own C": `CREATE FUNCTION f(oid) RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_validator'`,

  'an extension that knows of requests': `${plpgsql(`EXECUTE 'SELECT ''request.'''; RETURN NULL;`)};
    ALTER EXTENSION plpgsql ADD FUNCTION f(text)`,
};

/** What only reads what it can be seen to read. */
const others: Readonly<Record<string, { readonly sql: string; readonly reads: readonly string[] }>> = {
  'nothing at all': { sql: 'SELECT 1', reads: [] },
  'whatever the spelling': {
    sql: plpgsql(`RETURN pg_catalog.Current_Setting (\n 'Request.Method'::text , true);`),
    reads: ['request.method'],
  },
  'several in one': {
    sql: sqlFunction(`SELECT current_setting('app.settings.a') || current_setting('request.path', true)`),
    reads: ['app.settings.a', 'request.path'],
  },
  "an extension's own": {
    sql: `${plpgsql('EXECUTE name; RETURN NULL;')}; ALTER EXTENSION plpgsql ADD FUNCTION f(text)`,
    reads: [],
  },
  "Hutch's own": { sql: plpgsql('EXECUTE name; RETURN NULL;').replace('f(', 'hutch.f('), reads: [] },
};

await onEveryEngine('settings that are read', (database) => {
  test('by everything that names one', async () => {
    const kinds = Object.keys(readers);
    const sql = kinds.map((kind) => readers[kind]?.(`current_setting('request.${kind}', true)`, `f_${kind}`));
    const { settingsRead } = await catalogWith(database, sql.join(';\n'));
    expect([...(settingsRead ?? [])].sort()).toEqual(kinds.map((kind) => `request.${kind}`).sort());
  });

  for (const [name, { sql, reads }] of Object.entries(others)) {
    test(`by name: ${name}`, async () => {
      expect([...((await catalogWith(database, sql)).settingsRead ?? ['any'])].sort()).toEqual([...reads]);
    });
  }

  for (const [name, sql] of Object.entries(readersOfAny)) {
    test(`any: ${name}`, async () => {
      expect((await catalogWith(database, sql)).settingsRead).toBeNull();
    });
  }

  test("any: Postgres's own functions, where they are served", async () => {
    expect((await catalogWith(database, '', ['pg_catalog'])).settingsRead).toBeNull();
  });
});
