import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { type Capabilities, ConnectionError, DatabaseError, type Driver, type Observation } from '../driver.ts';
import { engines, freshDatabase, pgliteInWorker } from './engines.ts';
import { eventually } from './eventually.ts';

/** Starts and restarts of engines take a while on a machine that is busy. */
setDefaultTimeout(60_000);

/** What every implementation of the driver seam must do. Each skip names the capability that an engine lacks. */

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof DatabaseError || error instanceof ConnectionError) return error.code;
    throw error;
  }
  return 'no error';
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(chunks)).toString();
}

const SCHEMA = `
  CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL, data jsonb);
  CREATE TABLE secret (id int PRIMARY KEY, owner text NOT NULL);
  INSERT INTO item SELECT g, 'item ' || g, jsonb_build_object('n', g) FROM generate_series(1, 100) g;
  INSERT INTO secret VALUES (1, 'ann'), (2, 'bob');
  ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON secret USING (owner = current_setting('app.user', true));
  DO $$ BEGIN CREATE ROLE contract_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
  GRANT SELECT ON secret TO contract_reader;`;

/** Functions and a trigger that call themselves as often as they are told. */
const RECURSIVE = `
  CREATE FUNCTION deep(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
    IF n = 0 THEN RETURN 0; END IF; RETURN 1 + deep(n - 1); END $$;
  CREATE FUNCTION deep_and_safe(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
    IF n = 0 THEN RETURN 0; END IF;
    BEGIN RETURN 1 + deep_and_safe(n - 1); EXCEPTION WHEN division_by_zero THEN RETURN 0; END; END $$;
  CREATE FUNCTION deep_by_text(n int) RETURNS int LANGUAGE plpgsql AS $$ DECLARE below int; BEGIN
    IF n = 0 THEN RETURN 0; END IF; EXECUTE 'SELECT deep_by_text($1)' INTO below USING n - 1; RETURN below; END $$;
  CREATE TABLE deep_table (n int);
  CREATE FUNCTION deeper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF new.n > 0 THEN INSERT INTO deep_table VALUES (new.n - 1); END IF; RETURN new; END $$;
  CREATE TRIGGER deeper AFTER INSERT ON deep_table FOR EACH ROW EXECUTE FUNCTION deeper();`;

/** Sets it where nobody sees. */
const TELL_SESSION = `CREATE FUNCTION tell_session(name text, value text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN EXECUTE format('SET %s = %s', name, value); END $$`;

const READER = { role: 'contract_reader', settings: { 'app.user': 'ann' } };

const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

const subjects = [
  ...engines().map((engine) => [engine.name, engine] as const),
  ['pglite in a Worker', pgliteInWorker] as const,
];

for (const [title, engine] of subjects) {
  const suite = engine.unavailable === undefined ? describe : describe.skip;
  suite(`driver contract: ${title}${engine.unavailable === undefined ? '' : ` (${engine.unavailable})`}`, () => {
    let driver: Driver & AsyncDisposable;

    beforeAll(async () => {
      driver = await freshDatabase(engine);
      await driver.script(SCHEMA);
    });
    afterAll(() => driver.close());

    const query = (text: string, ...params: (string | null | Uint8Array)[]) => driver.query({ text, params });
    const cell = async (text: string, ...params: (string | null | Uint8Array)[]) =>
      (await query(text, ...params)).rows[0]?.[0];
    const count = async () => Number(await cell('SELECT count(*) FROM item'));

    const without = (capability: keyof Capabilities, reason: string, name: string, work: () => Promise<void>): void => {
      test(`${name} (skipped where not ${capability}: ${reason})`, async () => {
        if (driver.capabilities[capability]) await work();
      });
    };

    describe('statements', () => {
      const cells: readonly (readonly [
        name: string,
        sql: string,
        params: (string | null | Uint8Array)[],
        is: string | null,
      ])[] = [
        ['an integer', 'SELECT $1::int + 1', ['41'], '42'],
        ['a NULL', 'SELECT $1::text', [null], null],
        ['an empty text', 'SELECT $1::text', [''], ''],
        ['a boolean', 'SELECT $1::bool', ['true'], 't'],
        ['text beyond ASCII', 'SELECT $1::text', ['žluťoučký 🐇'], 'žluťoučký 🐇'],
        ['bytes', 'SELECT $1::bytea', [new Uint8Array([0, 1, 255])], '\\x0001ff'],
        ['JSON', `SELECT ($1::jsonb)->'a'`, ['{"a": [1, null]}'], '[1, null]'],
        ['an array', 'SELECT ($1::int[])[2]', ['{1,2,3}'], '2'],
        ['a date', 'SELECT $1::date', ['2024-02-29'], '2024-02-29'],
        [
          'a numeric, to its last digit',
          'SELECT $1::numeric',
          ['0.10000000000000000000001'],
          '0.10000000000000000000001',
        ],
      ];
      for (const [name, sql, params, is] of cells) {
        test(`carries ${name} both ways`, async () => {
          expect(await cell(sql, ...params)).toBe(is);
          expect(await cell(sql, ...params)).toBe(is);
        });
      }

      test('tells fields, command and count', async () => {
        const result = await query('SELECT id, name FROM item WHERE id <= $1 ORDER BY id', '2');
        expect(result).toEqual({
          fields: [
            { name: 'id', type: 23 },
            { name: 'name', type: 25 },
          ],
          rows: [
            ['1', 'item 1'],
            ['2', 'item 2'],
          ],
          command: 'SELECT',
          count: 2,
        });
        expect(await query(`UPDATE item SET name = name WHERE id < 4`)).toMatchObject({
          command: 'UPDATE',
          count: 3,
          rows: [],
        });
      });

      test('keeps fields when a prepared statement runs again', async () => {
        const statement = { text: 'SELECT id AS "Die Nummer" FROM item WHERE id = $1', params: ['7'] };
        const first = await driver.query(statement);
        expect(await driver.query(statement)).toEqual(first);
      });

      test('takes parameter types where the server could not infer them', async () => {
        const { fields } = await driver.query({ text: 'SELECT $1', params: ['5'], types: [23] });
        expect(fields[0]?.type).toBe(23);
      });

      test('runs one-off statements without preparing them', async () => {
        const { rows } = await driver.query({ text: 'SELECT $1::int', params: ['5'], prepare: false });
        expect(rows).toEqual([['5']]);
      });

      test('reads a result larger than any buffer', async () => {
        const { rows } = await query(`SELECT g, repeat('x', 1000) FROM generate_series(1, 5000) g`);
        expect(rows).toHaveLength(5000);
        expect(rows[4999]).toEqual(['5000', 'x'.repeat(1000)]);
      });

      test('prepares again after the table has changed under it', async () => {
        await driver.script('CREATE TABLE shifting (a int); INSERT INTO shifting VALUES (1)');
        expect((await query('SELECT * FROM shifting')).rows).toEqual([['1']]);
        await driver.script('ALTER TABLE shifting ADD COLUMN b text');
        expect((await query('SELECT * FROM shifting')).rows).toEqual([['1', null]]);
        const [again] = await driver.batch([{ text: 'SELECT * FROM shifting' }], {
          actor: { settings: { 'app.user': 'x' } },
        });
        expect(again?.rows).toEqual([['1', null]]);
      });

      test('survives more statements than it keeps prepared', async () => {
        for (let index = 0; index < 600; index++) expect(await cell(`SELECT ${index}`)).toBe(String(index));
        expect(Number(await cell('SELECT count(*) FROM pg_prepared_statements'))).toBeLessThan(400);
      });

      test('refuses a NUL in the SQL text, and goes on', async () => {
        expect(await messageOf(query('SELECT 1\0; DROP TABLE item'))).toContain('NUL');
        expect(await cell('SELECT 1')).toBe('1');
      });
    });

    describe('errors', () => {
      test('carry what Postgres says', async () => {
        const error = await query(`INSERT INTO item VALUES (1, 'again')`).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(DatabaseError);
        expect(error).toMatchObject({
          code: '23505',
          fields: { severity: 'ERROR', schema: 'public', table: 'item', constraint: 'item_pkey' },
        });
        expect(error).toMatchObject({ fields: { detail: 'Key (id)=(1) already exists.' } });
      });

      test('of syntax tell the position', async () => {
        const error = await query('SELECT * FRM item').catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: '42601', fields: { position: 10 } });
      });

      test('leave the connection usable', async () => {
        for (let round = 0; round < 5; round++) {
          expect(await codeOf(query('SELECT 1/0'))).toBe('22012');
          expect(await codeOf(query('SELECT nothing_of_the_kind'))).toBe('42703');
          expect(await cell('SELECT 1')).toBe('1');
        }
      });
    });

    describe('recursion', () => {
      beforeAll(async () => {
        await driver.script(RECURSIVE);
      });

      const DEPTH = 150;
      const endless = 1_000_000;
      const ways: readonly (readonly [name: string, sql: (depth: number) => string])[] = [
        ['of a function', (depth) => `SELECT deep(${depth})`],
        ['of a function that catches errors', (depth) => `SELECT deep_and_safe(${depth})`],
        ['of a function by dynamic SQL', (depth) => `SELECT deep_by_text(${depth})`],
        ['of a trigger', (depth) => `INSERT INTO deep_table VALUES (${depth})`],
      ];
      for (const [name, sql] of ways) {
        test(`${name} ends where there is no room for it, and the session goes on`, async () => {
          const session = await driver.session();
          try {
            await session.script('CREATE TEMPORARY TABLE stays ()');
            await session.query({ text: sql(DEPTH) });
            expect(await codeOf(session.query({ text: sql(endless) }))).toBe('54001');
            expect((await session.query({ text: 'SELECT count(*) FROM stays' })).rows).toEqual([['0']]);
          } finally {
            await session.release();
          }
        });
      }

      test('of expressions in one another ends as well, and the next statement runs', async () => {
        const nested = (depth: number) => ({ text: `SELECT 1${'+1'.repeat(depth)}`, prepare: false });
        await using fresh = await freshDatabase(engine);
        expect((await fresh.query(nested(1_000))).rows).toEqual([['1001']]);
        expect(await codeOf(fresh.query(nested(100_000)))).toBe('54001');
        expect((await fresh.query(nested(1))).rows).toEqual([['2']]);
      });
    });

    describe('scripts', () => {
      test('give one result for each statement', async () => {
        const results = await driver.script(
          `CREATE TEMP TABLE s (a int); INSERT INTO s VALUES (1), (2); SELECT * FROM s; DROP TABLE s`,
        );
        expect(results.map(({ command, count: rows }) => [command, rows])).toEqual([
          ['CREATE TABLE', 0],
          ['INSERT', 2],
          ['SELECT', 2],
          ['DROP TABLE', 0],
        ]);
      });

      test('stop at the first error, and undo what came before', async () => {
        expect(await codeOf(driver.script(`INSERT INTO item VALUES (900, 'x'); SELECT 1/0; SELECT 2`))).toBe('22012');
        expect(await cell('SELECT count(*) FROM item WHERE id = 900')).toBe('0');
      });

      test('do not leave a transaction open for the next caller', async () => {
        await driver.script(`BEGIN; INSERT INTO item VALUES (901, 'x')`);
        expect(await cell('SELECT count(*) FROM item WHERE id = 901')).toBe('0');
      });
    });

    describe('batches', () => {
      test('run their statements in one transaction', async () => {
        const before = await count();
        const results = await driver.batch([
          { text: 'INSERT INTO item VALUES ($1, $2)', params: ['200', 'a'] },
          { text: 'SELECT txid_current() = txid_current()' },
          { text: 'SELECT count(*) FROM item' },
        ]);
        expect(results.map(({ command }) => command)).toEqual(['INSERT', 'SELECT', 'SELECT']);
        expect(results[2]?.rows).toEqual([[String(before + 1)]]);
      });

      test('undo everything when one fails', async () => {
        const before = await count();
        const failing = [
          { text: `INSERT INTO item VALUES (201, 'a')` },
          { text: `INSERT INTO item VALUES (1, 'dup')` },
        ];
        expect(await codeOf(driver.batch(failing))).toBe('23505');
        expect(await codeOf(driver.batch(failing, { readOnly: false }))).toBe('23505');
        expect(await codeOf(driver.batch(failing, { isolation: 'serializable' }))).toBe('23505');
        expect(await count()).toBe(before);
      });

      test('report a constraint that is checked at the end only', async () => {
        await driver.script('CREATE TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)');
        const twice = [{ text: 'INSERT INTO late VALUES (1)' }, { text: 'INSERT INTO late VALUES (1)' }];
        expect(await codeOf(driver.batch(twice))).toBe('23505');
        expect(await cell('SELECT count(*) FROM late')).toBe('0');
      });

      test('can be run for their results only', async () => {
        const before = await count();
        const [inserted] = await driver.batch([{ text: `INSERT INTO item VALUES (202, 'a') RETURNING id` }], {
          end: 'rollback',
        });
        expect(inserted?.rows).toEqual([['202']]);
        expect(await count()).toBe(before);
      });

      test('can be read-only, and isolated', async () => {
        const write = [{ text: `INSERT INTO item VALUES (203, 'a')` }];
        expect(await codeOf(driver.batch(write, { readOnly: true }))).toBe('25006');
        const [level] = await driver.batch([{ text: 'SHOW transaction_isolation' }], { isolation: 'repeatable read' });
        expect(level?.rows).toEqual([['repeatable read']]);
      });

      test('write where the session was told to read only', async () => {
        const write = [{ text: `INSERT INTO item VALUES (204, 'a')` }];
        await driver.script(TELL_SESSION);
        await driver.query({ text: `SELECT tell_session('default_transaction_read_only', 'on')` });
        expect(await codeOf(driver.batch(write))).toBe('25006');
        const [written] = await driver.batch(write, { readOnly: false });
        expect(written?.count).toBe(1);
        await driver.query({ text: `SELECT tell_session('default_transaction_read_only', 'off')` });
        await driver.script('DROP FUNCTION tell_session; DELETE FROM item WHERE id = 204');
      });

      test('of nothing give nothing', async () => {
        expect(await driver.batch([])).toEqual([]);
      });
    });

    describe('actors', () => {
      const whoami = { text: `SELECT current_user, current_setting('app.user', true)` };

      test('act under their role and settings, and row level security', async () => {
        const [who, rows] = await driver.batch([whoami, { text: 'SELECT id FROM secret' }], { actor: READER });
        expect(who?.rows).toEqual([['contract_reader', 'ann']]);
        expect(rows?.rows).toEqual([['1']]);
      });

      test('act the same in an interactive transaction', async () => {
        const rows = await driver.transaction(
          async (tx) => [await tx.query(whoami), await tx.query({ text: 'SELECT id FROM secret' })],
          { actor: READER },
        );
        expect(rows.map((result) => result.rows)).toEqual([[['contract_reader', 'ann']], [['1']]]);
      });

      test('are gone afterwards, also after an error', async () => {
        const owner = await cell('SELECT current_user');
        await driver.batch([whoami], { actor: READER });
        expect(await codeOf(driver.batch([{ text: 'SELECT 1/0' }], { actor: READER }))).toBe('22012');
        expect(await codeOf(driver.batch([{ text: 'SELECT id FROM item' }], { actor: READER }))).toBe('42501');
        for (let round = 0; round < 8; round++) {
          const [user, setting] = (await driver.query(whoami)).rows[0] ?? [];
          expect([user, setting ?? '']).toEqual([owner ?? null, '']);
        }
      });

      test('do not see through a statement that was prepared for another', async () => {
        const statement = { text: 'SELECT id FROM secret ORDER BY id' };
        const seenBy = async (user: string) => {
          const [rows] = await driver.batch([statement], { actor: { ...READER, settings: { 'app.user': user } } });
          return rows?.rows;
        };
        for (let round = 0; round < 8; round++) {
          expect(await seenBy('ann')).toEqual([['1']]);
          expect(await seenBy('bob')).toEqual([['2']]);
          expect((await driver.query(statement)).rows).toHaveLength(2);
        }
      });

      test('keep row level security when the table changes under a prepared statement', async () => {
        const statement = { text: 'SELECT * FROM secret ORDER BY id' };
        for (let round = 0; round < 4; round++) await driver.batch([statement], { actor: READER });
        await driver.script('ALTER TABLE secret ADD COLUMN note text');
        const [rows] = await driver.batch([statement], { actor: READER });
        expect(rows?.rows).toEqual([['1', 'ann', null]]);
      });

      test('of an unknown role are refused', async () => {
        expect(await codeOf(driver.batch([{ text: 'SELECT 1' }], { actor: { role: 'nobody_of_that_name' } }))).toBe(
          '22023',
        );
      });
    });

    describe('transactions', () => {
      test('commit what they return from', async () => {
        const before = await count();
        const value = await driver.transaction(async (tx) => {
          await tx.query({ text: `INSERT INTO item VALUES (300, 'a')` });
          return (await tx.query({ text: 'SELECT count(*) FROM item' })).rows[0]?.[0];
        });
        expect(value).toBe(String(before + 1));
        expect(await count()).toBe(before + 1);
      });

      test('roll back what they throw from', async () => {
        const before = await count();
        const failing = driver.transaction(async (tx) => {
          await tx.query({ text: `INSERT INTO item VALUES (301, 'a')` });
          throw new Error('changed my mind');
        });
        expect(await messageOf(failing)).toBe('changed my mind');
        expect(await count()).toBe(before);
      });

      test('that swallowed a failure do not pretend to have committed', async () => {
        const swallowing = driver.transaction(async (tx) => {
          await tx.query({ text: `INSERT INTO item VALUES (302, 'a')` });
          await tx.query({ text: 'SELECT 1/0' }).catch(() => {});
        });
        expect(await codeOf(swallowing)).toBe('25P02');
        expect(await cell('SELECT count(*) FROM item WHERE id = 302')).toBe('0');
      });

      test('nest as savepoints', async () => {
        await driver.transaction(async (tx) => {
          await tx.query({ text: `INSERT INTO item VALUES (310, 'outer')` });
          await tx.savepoint(async (inner) => {
            await inner.query({ text: `INSERT INTO item VALUES (311, 'kept')` });
            const failing = inner.savepoint(async (innermost) => {
              await innermost.query({ text: `INSERT INTO item VALUES (312, 'lost')` });
              await innermost.query({ text: 'SELECT 1/0' });
            });
            expect(await codeOf(failing)).toBe('22012');
          });
        });
        const { rows } = await query('SELECT name FROM item WHERE id BETWEEN 310 AND 319 ORDER BY id');
        expect(rows).toEqual([['outer'], ['kept']]);
      });

      test('take statements at the same time, one after another', async () => {
        const sums = await driver.transaction((tx) =>
          Promise.all(Array.from({ length: 20 }, (_, index) => tx.query({ text: `SELECT ${index}::text` }))),
        );
        expect(sums.map((result) => result.rows[0]?.[0])).toEqual(
          Array.from({ length: 20 }, (_, index) => String(index)),
        );
      });

      test('without a statement cost nothing and fail on nothing', async () => {
        expect(await driver.transaction(async () => 7, { actor: { role: 'nobody_of_that_name' } })).toBe(7);
      });

      test('do not run on after they have ended', async () => {
        let kept: Parameters<Parameters<Driver['transaction']>[0]>[0] | undefined;
        await driver.transaction(async (tx) => {
          kept = tx;
          await tx.query({ text: 'SELECT 1' });
        });
        expect(await codeOf(kept?.query({ text: 'SELECT 1' }) ?? Promise.resolve())).toBe('closed');
      });

      test('are honest when somebody ends them by hand', async () => {
        const escaping = driver.transaction(async (tx) => {
          await tx.query({ text: 'SELECT 1' });
          await tx.script('COMMIT');
          await tx.query({ text: `INSERT INTO item VALUES (320, 'outside')` });
        });
        expect(await codeOf(escaping)).toBe('closed');
        expect(await cell('SELECT count(*) FROM item WHERE id = 320')).toBe('0');
      });

      without('concurrent', 'there is one session', 'see each other only when committed', async () => {
        await driver.transaction(async (tx) => {
          await tx.query({ text: `INSERT INTO item VALUES (330, 'unseen')` });
          expect(await cell('SELECT count(*) FROM item WHERE id = 330')).toBe('0');
        });
      });
    });

    describe('sessions', () => {
      test('hold their settings and temporary tables, and leave none behind', async () => {
        const session = await driver.session();
        try {
          await session.script(
            `SET application_name = 'mine'; CREATE TEMP TABLE scratch (a int); PREPARE p AS SELECT 1`,
          );
          await session.query({ text: 'INSERT INTO scratch VALUES (1)' });
          expect((await session.query({ text: 'SHOW application_name' })).rows).toEqual([['mine']]);
        } finally {
          await session.release();
          await session.release();
        }
        for (let round = 0; round < 8; round++) {
          expect(await cell('SHOW application_name')).not.toBe('mine');
          expect(await cell(`SELECT to_regclass('pg_temp.scratch')`)).toBeNull();
        }
      });

      test('may hold a transaction over calls; what is not committed is undone', async () => {
        const session = await driver.session();
        await session.script('BEGIN');
        await session.query({ text: `INSERT INTO item VALUES (400, 'x')` });
        await session.release();
        expect(await cell('SELECT count(*) FROM item WHERE id = 400')).toBe('0');
      });

      test('know savepoints', async () => {
        const session = await driver.session();
        try {
          await session.script('BEGIN');
          const failing = session.savepoint((inner) => inner.query({ text: 'SELECT 1/0' }));
          expect(await codeOf(failing)).toBe('22012');
          await session.query({ text: `INSERT INTO item VALUES (401, 'x')` });
          await session.script('COMMIT');
        } finally {
          await session.release();
        }
        expect(await cell('SELECT count(*) FROM item WHERE id = 401')).toBe('1');
      });
    });

    describe('copies', () => {
      test('stream rows in and out', async () => {
        await driver.script('CREATE TABLE copied (id int, name text)');
        async function* lines() {
          for (let id = 0; id < 50_000; id++) yield bytes(`${id}\trow ${id}\n`);
        }
        expect(await driver.copyIn('COPY copied FROM STDIN', lines())).toBe(50_000);
        const csv = await collect(
          driver.copyOut('COPY (SELECT * FROM copied ORDER BY id LIMIT 3) TO STDOUT (FORMAT csv)'),
        );
        expect(csv).toBe('0,row 0\n1,row 1\n2,row 2\n');
        const all = await collect(driver.copyOut('COPY copied TO STDOUT'));
        expect(all.split('\n')).toHaveLength(50_001);
      });

      test('may be left early by their reader', async () => {
        for await (const chunk of driver.copyOut('COPY (SELECT generate_series(1, 300000)) TO STDOUT')) {
          expect(Buffer.from(chunk).toString()).toStartWith('1\n');
          break;
        }
        expect(await count()).toBeGreaterThan(0);
      });

      test('take nothing at all', async () => {
        await driver.script('CREATE TABLE copied_nothing (id int)');
        expect(await driver.copyIn('COPY copied_nothing FROM STDIN', [])).toBe(0);
      });

      test('are all or nothing when a row is bad', async () => {
        await driver.script('CREATE TABLE copied_badly (id int)');
        const lines = Array.from({ length: 20_000 }, (_, id) => bytes(id === 9_000 ? 'no number\n' : `${id}\n`));
        expect(await codeOf(driver.copyIn('COPY copied_badly FROM STDIN', lines))).toBe('22P02');
        expect(await cell('SELECT count(*) FROM copied_badly')).toBe('0');
      });

      test('throw what their source throws', async () => {
        await driver.script('CREATE TABLE copied_half (id int)');
        async function* broken() {
          yield bytes('1\n');
          throw new Error('the disk is gone');
        }
        const copying = driver.copyIn('COPY copied_half FROM STDIN', broken());
        expect(await messageOf(copying)).toBe('the disk is gone');
        expect(await cell('SELECT count(*) FROM copied_half')).toBe('0');
      });

      test('report a statement that is wrong', async () => {
        expect(await codeOf(driver.copyIn('COPY no_such_table FROM STDIN', [bytes('1\n')]))).toBe('42P01');
        expect(await codeOf(collect(driver.copyOut('COPY no_such_table TO STDOUT')))).toBe('42P01');
        expect(await cell('SELECT 1')).toBe('1');
      });

      test('run inside a transaction', async () => {
        await driver.script('CREATE TABLE copied_undone (id int)');
        const failing = driver.transaction(async (tx) => {
          await tx.copyIn('COPY copied_undone FROM STDIN', [bytes('1\n2\n')]);
          expect(await collect(tx.copyOut('COPY copied_undone TO STDOUT'))).toBe('1\n2\n');
          throw new Error('undo');
        });
        await failing.catch(() => {});
        expect(await cell('SELECT count(*) FROM copied_undone')).toBe('0');
      });
    });

    describe('notifications', () => {
      test('reach every listener, until he stops', async () => {
        const heard: string[] = [];
        const stopFirst = await driver.listen('News of "today"', (payload, channel) =>
          heard.push(`1 ${channel} ${payload}`),
        );
        const stopSecond = await driver.listen('News of "today"', (payload) => heard.push(`2 ${payload}`));
        await driver.notify('News of "today"', 'hello');
        await eventually(() => heard.length === 2);
        await stopFirst();
        await driver.notify('News of "today"', 'again');
        await eventually(() => heard.length === 3);
        await stopSecond();
        await driver.notify('News of "today"', 'too late');
        await query('SELECT 1');
        expect(heard).toEqual(['1 News of "today" hello', '2 hello', '2 again']);
      });

      test('are sent when the transaction commits, and not when it rolls back', async () => {
        const heard: string[] = [];
        const stop = await driver.listen('committed', (payload) => heard.push(payload));
        await driver
          .transaction((tx) => tx.query({ text: `SELECT pg_notify('committed', 'lost'), 1/0` }))
          .catch(() => {});
        await driver.transaction((tx) => tx.query({ text: `SELECT pg_notify('committed', 'kept')` }));
        await eventually(() => heard.length > 0);
        await stop();
        expect(heard).toEqual(['kept']);
      });

      test('survive the reset of a session', async () => {
        const heard: string[] = [];
        const stop = await driver.listen('resets', (payload) => heard.push(payload));
        await (await driver.session()).release();
        await driver.notify('resets', 'still there');
        await eventually(() => heard.length > 0);
        await stop();
      });
    });

    describe('limits', () => {
      const FOREVER = 'SELECT count(*) FROM generate_series(1, 100000000000)';
      /** Milliseconds after which a statement without a limit of its own is ended; far more than a busy machine takes. */
      const USUAL_LIMIT = 30_000;

      test('a signal that was aborted before runs nothing', async () => {
        expect(await codeOf(driver.query({ text: 'SELECT 1' }, { signal: AbortSignal.abort() }))).toBe('57014');
      });

      test('a time limit that is not reached changes nothing', async () => {
        expect((await driver.query({ text: 'SELECT 1' }, { timeout: 10_000 })).rows).toEqual([['1']]);
      });

      without(
        'serverCancel',
        'ending a statement there costs the session',
        'a statement over its time is ended, others go on',
        async () => {
          const other = query('SELECT pg_sleep(0.3), 7');
          const started = performance.now();
          const error = await driver.query({ text: FOREVER }, { timeout: 100 }).catch((thrown: unknown) => thrown);
          expect(error).toMatchObject({ code: '57014', message: 'canceling statement due to statement timeout' });
          expect(performance.now() - started).toBeLessThan(USUAL_LIMIT);
          expect((await other).rows[0]?.[1]).toBe('7');
        },
      );

      without(
        'serverCancel',
        'ending a statement there costs the session',
        'an aborted statement is ended',
        async () => {
          const abort = new AbortController();
          const running = codeOf(driver.query({ text: FOREVER }, { signal: abort.signal, timeout: 600_000 }));
          setTimeout(() => abort.abort(), 50);
          expect(await running).toBe('57014');
          expect(await cell('SELECT 1')).toBe('1');
        },
      );

      test('a place in the queue is given up when aborted', async () => {
        const { size } = driver.stats();
        const holders = await Promise.all(Array.from({ length: size }, () => driver.session()));
        const waiting = codeOf(driver.query({ text: 'SELECT 1' }, { signal: AbortSignal.timeout(30) }));
        expect(driver.stats()).toMatchObject({ busy: size, waiting: 1 });
        expect(await waiting).toBe('57014');
        expect(driver.stats().waiting).toBe(0);
        await Promise.all(holders.map((holder) => holder.release()));
        expect(driver.stats().busy).toBe(0);
      });
    });

    describe('the whole', () => {
      test('tells its version and its health', async () => {
        expect(driver.version).toMatch(/^\d+\.\d+/);
        expect(await driver.health()).toMatchObject({ ok: true, latency: expect.any(Number) });
      });

      test('runs a hundred callers at once, in order of their coming, and loses none', async () => {
        const answers = await Promise.all(
          Array.from({ length: 100 }, (_, index) => cell('SELECT $1::int', String(index))),
        );
        expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
      });

      test('tells observers what ran, and never with values', async () => {
        const seen: Observation[] = [];
        const stop = driver.observe((observation) => seen.push(observation));
        await driver.query({ text: 'SELECT $1::text', params: ['hush'] }, { label: 'request 1' });
        await codeOf(query('SELECT 1/0'));
        await driver.batch([{ text: 'SELECT 1' }, { text: 'SELECT 2 UNION SELECT 3' }]);
        stop();
        await query('SELECT 4');
        expect(seen.map(({ text, rows, error, label, shared }) => [text, rows, error, label, shared])).toEqual([
          ['SELECT $1::text', 1, undefined, 'request 1', 1],
          ['SELECT 1/0', 0, '22012', undefined, 1],
          ['SELECT 1', 1, undefined, undefined, 2],
          ['SELECT 2 UNION SELECT 3', 2, undefined, undefined, 2],
        ]);
        expect(seen[0]?.took).toBeGreaterThan(0);
        expect(JSON.stringify(seen)).not.toContain('hush');
      });

      test('once closed says so, and closes once', async () => {
        await using other = await freshDatabase(engine);
        const running = other.query({ text: 'SELECT count(*) FROM generate_series(1, 100000)' });
        const closing = other.close({ graceMs: 60_000 });
        expect((await running).rows).toEqual([['100000']]);
        await closing;
        expect(await codeOf(other.query({ text: 'SELECT 1' }))).toBe('closed');
        expect(await other.health()).toMatchObject({ ok: false, reason: expect.any(String) });
      });
    });
  });
}
