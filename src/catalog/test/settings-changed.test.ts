import { expect, test } from 'bun:test';
import { catalogWith, onEveryEngine } from './databases.ts';

const SET = `set_config('app.a', 'b', true)`;
const setter = (name = 'f()', language = 'sql', body = `SELECT ${SET}`): string =>
  `CREATE FUNCTION ${name} RETURNS text LANGUAGE ${language} AS $f$ ${body} $f$`;
const plpgsql = (body: string): string => setter('f()', 'plpgsql', `BEGIN ${body}; RETURN 'a'; END`);
const USED = 'CREATE VIEW v AS SELECT f() AS it';

/** What a read can reach, and may change a setting. */
const changers: Readonly<Record<string, string>> = {
  'a view': `CREATE VIEW v AS SELECT ${SET} AS it`,
  'a policy': `CREATE POLICY p ON t USING (${SET} = 'b')`,
  "a view's function": `${setter()}; ${USED}`,
  'a body of the standard': `CREATE FUNCTION f() RETURNS text BEGIN ATOMIC SELECT ${SET}; END`,
  'a function that such a function calls': `${setter('g()')}; ${setter('f()', 'sql', 'SELECT G()')}; ${USED}`,
  'a computed column': setter('f(t)'),
  'a computed relationship': `CREATE FUNCTION f(t) RETURNS SETOF t ROWS 1 LANGUAGE sql AS $$ SELECT ${SET}; SELECT * FROM t $$`,
  'an operator': `${setter('f(text)')}; CREATE OPERATOR @#@ (FUNCTION = f, RIGHTARG = text)`,
  'a cast': `CREATE TYPE n AS (name text); ${setter('f(n)')}; CREATE CAST (n AS text) WITH FUNCTION f(n)`,
  'an aggregate': `${setter('f(text, text)')}; CREATE AGGREGATE a (text) (SFUNC = f, STYPE = text)`,
  'a check of a domain': `${setter()}; CREATE DOMAIN d AS text CHECK (value <> f())`,
  SET: `${plpgsql(`SET LOCAL app.a = 'b'`)}; ${USED}`,
  'SET behind a comment': `${plpgsql(`SET/**/LOCAL app.a TO 'b'`)}; ${USED}`,
  RESET: `${plpgsql('RESET role')}; ${USED}`,
  'SQL that is made': `${plpgsql(`EXECUTE 'SELECT 1'`)}; ${USED}`,
  'SQL that runs in a view': `CREATE VIEW v AS SELECT query_to_xml('SELECT 1', true, true, '')::text AS it`,
  'an alias': `CREATE FUNCTION f(text, text, bool) RETURNS text LANGUAGE internal AS 'set_config_by_name'`,
  'what is compiled': `CREATE FUNCTION f(oid) RETURNS text LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_validator';
    CREATE VIEW v AS SELECT f(1) AS it`,
};

const others: Readonly<Record<string, string>> = {
  'nothing at all': 'SELECT 1',
  'a function that only calls reach': setter(),
  'a trigger': `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN SET LOCAL app.a = 'b'; RETURN new; END $$;
    CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()`,
  'a function that only reads': `${setter('f()', 'sql', `SELECT current_setting('app.a', true)`)}; ${USED}`,
  'a setting for the length of a function': `CREATE FUNCTION f() RETURNS text LANGUAGE sql SET search_path = '' AS $$ SELECT 'a' $$; ${USED}`,
  "an extension's own": `${setter()}; ALTER EXTENSION plpgsql ADD FUNCTION f(); ${USED}`,
};

const KEPT = SET.replace('true', 'false');

/** What sets something for longer than its transaction. */
const keepers: Readonly<Record<string, string>> = {
  'set_config beside another': setter('f()', 'sql', `SELECT ${SET}; SELECT ${KEPT}`),
  'set_config whose reach is asked for': `CREATE FUNCTION f(l bool) RETURNS text LANGUAGE sql AS $$ SELECT set_config('app.a', 'b', l) $$`,
  'a body of the standard': `CREATE FUNCTION f() RETURNS text BEGIN ATOMIC SELECT ${KEPT}; END`,
  'a view': `CREATE VIEW v AS SELECT ${KEPT} AS it`,
  SET: plpgsql(`SET/* for */app.a = 'b'`),
  'SET behind a line': plpgsql(`-- now\n SET app.a TO 'b'`),
};

await onEveryEngine('settings that a read can change', (database) => {
  for (const [name, sql] of Object.entries(changers)) {
    test(`by ${name}`, async () => {
      expect((await catalogWith(database, sql)).settingsChanged).toBe(true);
    });
  }

  for (const [name, sql] of Object.entries(keepers)) {
    test(`and for longer than its transaction by ${name}`, async () => {
      expect((await catalogWith(database, sql)).settingsKept).toBe(true);
    });
  }

  test('and for longer by nothing that says it is for the transaction, nor by an UPDATE', async () => {
    const local = `SET LOCAL app.a = 'b'; UPDATE t\nSET name = ${SET}`;
    const sql = `${setter('g()', 'plpgsql', `BEGIN ${local}; RETURN 'a'; END`)}; ${changers['a body of the standard']}; CREATE VIEW v AS SELECT ${SET} AS it`;
    expect(await catalogWith(database, sql)).toMatchObject({ settingsKept: false, settingsChanged: true });
  });

  for (const [name, sql] of Object.entries(others)) {
    test(`not by ${name}`, async () => {
      expect((await catalogWith(database, sql)).settingsChanged).toBe(false);
    });
  }
});
