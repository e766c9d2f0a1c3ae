import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type pg from 'pg';
import { eventually } from '../../db/test/eventually.ts';
import { Clients, code, column, type Target, targets, value } from './targets.ts';

/** What two clients do in turn, and what they must see: the same on the port and on a real server. */
interface Case {
  readonly name: string;
  readonly run: (a: pg.Client, b: pg.Client) => Promise<unknown>;
  readonly sees: unknown;
}

const cases: readonly Case[] = [
  {
    name: 'a setting stays with who set it, through turns of the other',
    run: async (a, b) => {
      await a.query("SET work_mem = '7MB'");
      const other = await value(b, 'SHOW work_mem');
      await b.query("SET work_mem = '9MB'");
      return [await value(a, 'SHOW work_mem'), other !== '7MB', await value(b, 'SHOW work_mem')];
    },
    sees: ['7MB', true, '9MB'],
  },
  {
    name: 'custom settings, by SET and by set_config',
    run: async (a, b) => {
      await a.query("SET app.actor = 'ann'");
      await a.query("SELECT set_config('app.tenant', '7', false)");
      const other = await column(
        b,
        "SELECT coalesce(current_setting(n, true), '') FROM unnest(ARRAY['app.actor', 'app.tenant']) n",
      );
      return [other, await value(a, "SELECT current_setting('app.actor') || current_setting('app.tenant')")];
    },
    sees: [['', ''], 'ann7'],
  },
  {
    name: 'a setting set inside a function',
    run: async (a, b) => {
      await a.query(
        "CREATE FUNCTION deep() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('app.deep', 'x', false); END $$",
      );
      await a.query('SELECT deep()');
      const other = await value(b, "SELECT coalesce(current_setting('app.deep', true), '')");
      return [other, await value(a, "SELECT current_setting('app.deep')")];
    },
    sees: ['', 'x'],
  },
  {
    name: 'settings that are lists, quoted and with units',
    run: async (a, b) => {
      await a.query('CREATE SCHEMA "Odd, one"');
      await a.query('SET search_path TO "Odd, one", public');
      await a.query("SET statement_timeout = '90s'");
      await a.query("SET DateStyle = 'German'");
      await value(b, 'SELECT 1');
      return [
        await value(a, 'SHOW search_path'),
        await value(a, 'SHOW statement_timeout'),
        await value(a, 'SHOW DateStyle'),
      ];
    },
    sees: ['"Odd, one", public', '90s', 'German, DMY'],
  },
  {
    name: 'SET LOCAL and rolled-back SET end with the transaction',
    run: async (a, b) => {
      await a.query('BEGIN');
      await a.query("SET LOCAL app.local = 'l'");
      await a.query("SET app.kept = 'k'");
      await a.query('ROLLBACK');
      await value(b, 'SELECT 1');
      return value(
        a,
        "SELECT coalesce(current_setting('app.local', true), '') || coalesce(current_setting('app.kept', true), '')",
      );
    },
    sees: '',
  },
  {
    name: 'a role stays with who took it, and so does what it may',
    run: async (a, b) => {
      await a.query('CREATE ROLE isolation_reader');
      await a.query('CREATE TABLE secrets (x int)');
      await a.query('SET ROLE isolation_reader');
      const other = await value(b, 'SELECT count(*)::int FROM secrets');
      const own = await code(a.query('SELECT * FROM secrets'));
      await a.query('RESET ROLE');
      await a.query('DROP TABLE secrets; DROP ROLE isolation_reader');
      return [other, own];
    },
    sees: [0, '42501'],
  },
  {
    name: 'temporary tables of the same name are two tables',
    run: async (a, b) => {
      await a.query('CREATE TEMP TABLE scratch (id serial PRIMARY KEY, who text, big text)');
      await a.query("INSERT INTO scratch (who, big) VALUES ('a', repeat('x', 10000))");
      const unseen = await code(b.query('SELECT * FROM scratch'));
      await b.query('CREATE TEMP TABLE scratch (other int)');
      await b.query('INSERT INTO scratch VALUES (1), (2)');
      const counts = [
        await value(a, 'SELECT count(*)::int FROM scratch'),
        await value(b, 'SELECT count(*)::int FROM scratch'),
      ];
      await b.query('DISCARD TEMP');
      return [
        unseen,
        counts,
        await value(a, 'SELECT who || length(big) FROM scratch'),
        await code(b.query('SELECT * FROM scratch')),
      ];
    },
    sees: ['42P01', [1, 2], 'a10000', '42P01'],
  },
  {
    name: 'temporary tables emptied at commit',
    run: async (a, b) => {
      await a.query('CREATE TEMP TABLE brief (x int) ON COMMIT DELETE ROWS');
      await a.query('INSERT INTO brief VALUES (1)');
      const kept = await value(a, 'SELECT count(*)::int FROM brief');
      await a.query('DROP TABLE brief');
      await b.query('CREATE TEMP TABLE q (x int); INSERT INTO q VALUES (1)');
      return [kept, await value(b, 'SELECT count(*)::int FROM q')];
    },
    sees: [0, 1],
  },
  {
    name: 'prepared statements of SQL, same name',
    run: async (a, b) => {
      await a.query('SELECT 1; PREPARE p (int) AS SELECT $1 + 1');
      await b.query('PREPARE p AS SELECT 100');
      const results = [await value(a, 'EXECUTE p (1)'), await value(b, 'EXECUTE p'), await value(a, 'EXECUTE p (2)')];
      await b.query('DEALLOCATE p');
      return [...results, await value(a, 'EXECUTE p (3)'), await code(b.query('EXECUTE p'))];
    },
    sees: [2, 100, 3, 4, '26000'],
  },
  {
    name: 'prepared statements of the protocol, same name, and DEALLOCATE ALL of the other',
    run: async (a, b) => {
      const run = async (client: pg.Client, text: string) =>
        (await client.query({ name: 'same', text, values: [5] })).rows[0].x;
      const first = [await run(a, 'SELECT $1::int AS x'), await run(b, 'SELECT $1::int * 2 AS x')];
      await b.query('DEALLOCATE ALL');
      return [...first, await run(a, 'SELECT $1::int AS x'), await code(run(b, 'SELECT $1::int * 2 AS x'))];
    },
    sees: [5, 10, 5, '26000'],
  },
  {
    name: 'DISCARD ALL resets only its own session',
    run: async (a, b) => {
      await a.query("SET app.mine = 'm'; PREPARE mine AS SELECT 1; CREATE TEMP TABLE mine_t (x int)");
      await b.query("SET app.mine = 'n'");
      await b.query('DISCARD ALL');
      return [
        await value(b, "SELECT coalesce(current_setting('app.mine', true), '')"),
        await value(a, "SELECT current_setting('app.mine')"),
        await value(a, 'EXECUTE mine'),
        await value(a, 'SELECT count(*)::int FROM mine_t'),
      ];
    },
    sees: ['', 'm', 1, 0],
  },
  {
    name: 'what is not committed is not seen, and what is rolled back never was',
    run: async (a, b) => {
      await a.query('CREATE TABLE pages (x int)');
      await a.query('BEGIN');
      await a.query('INSERT INTO pages VALUES (1)');
      const seen = value(b, 'SELECT count(*)::int FROM pages');
      await a.query('ROLLBACK');
      return seen;
    },
    sees: 0,
  },
  {
    name: 'BEGIN of both, in whatever order they go on',
    run: async (a, b) => {
      await a.query('CREATE TABLE pair (who text)');
      await a.query('BEGIN');
      await b.query('BEGIN');
      await b.query("INSERT INTO pair VALUES ('b')");
      const inserted = a.query("INSERT INTO pair VALUES ('a')");
      await b.query('COMMIT');
      await inserted;
      await a.query('COMMIT');
      return value(b, "SELECT string_agg(who, ',' ORDER BY who) FROM pair");
    },
    sees: 'a,b',
  },
  {
    name: 'BEGIN READ ONLY, its error, and the end of a failed transaction',
    run: async (a, b) => {
      await a.query('CREATE TABLE ro (x int)');
      await a.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const refused = await code(a.query('INSERT INTO ro VALUES (1)'));
      const failed = await code(a.query('SELECT 1'));
      const ended = (await a.query('COMMIT')).command;
      return [refused, failed, ended, await value(b, 'SELECT count(*)::int FROM ro')];
    },
    sees: ['25006', '25P02', 'ROLLBACK', 0],
  },
  {
    name: 'a session lock keeps out the other until it is freed as often as it was taken',
    run: async (a, b) => {
      await a.query('SELECT pg_advisory_lock(42), pg_advisory_lock(42), pg_advisory_lock_shared(1, 2)');
      const tried = [
        await value(b, 'SELECT pg_try_advisory_lock($1)', [42]),
        await value(b, 'SELECT pg_try_advisory_lock_shared(1, 2)'),
        await value(b, 'SELECT pg_try_advisory_lock(1, 2)'),
        await value(b, 'SELECT pg_advisory_unlock(42)'),
      ];
      const once = [await value(a, 'SELECT pg_advisory_unlock(42)'), await value(b, 'SELECT pg_try_advisory_lock(42)')];
      const twice = [
        await value(a, 'SELECT pg_advisory_unlock(42)'),
        await value(b, 'SELECT pg_try_advisory_lock(42)'),
      ];
      return [tried, once, twice];
    },
    sees: [
      [false, true, false, false],
      [true, false],
      [true, true],
    ],
  },
  {
    name: 'who waits for a lock gets it when it is freed',
    run: async (a, b) => {
      await a.query('SELECT pg_advisory_lock(7)');
      const order: string[] = [];
      const waiting = b.query('SELECT pg_advisory_lock(7)').then(() => order.push('b'));
      await Bun.sleep(100);
      order.push('a');
      await a.query('SELECT pg_advisory_unlock(7)');
      await waiting;
      return order;
    },
    sees: ['a', 'b'],
  },
  {
    name: 'two who wait for locks of each other',
    run: async (a, b) => {
      await a.query('SELECT pg_advisory_lock(1001)');
      await b.query('SELECT pg_advisory_lock(1002)');
      const first = code(a.query('SELECT pg_advisory_lock(1002)')).then(async (result) => {
        await a.query('SELECT pg_advisory_unlock_all()');
        return result;
      });
      await Bun.sleep(100);
      const second = await code(b.query('SELECT pg_advisory_lock(1001)'));
      await b.query('SELECT pg_advisory_unlock_all()');
      return [await first, second].sort();
    },
    sees: ['40P01', 'ok'],
  },
  {
    name: 'notifications go to who listens, and to nobody else',
    run: async (a, b) => {
      const heard: string[] = [];
      a.on('notification', ({ channel, payload }) => heard.push(`a:${channel}:${payload}`));
      b.on('notification', ({ channel, payload }) => heard.push(`b:${channel}:${payload}`));
      await a.query('LISTEN one');
      await b.query('BEGIN');
      await b.query('LISTEN one');
      await b.query('ROLLBACK');
      await b.query('LISTEN two');
      await b.query("NOTIFY one, 'x'");
      await a.query("SELECT pg_notify('two', 'y')");
      await b.query('UNLISTEN *');
      await a.query("NOTIFY two, 'z'");
      await b.query("NOTIFY one, 'w'");
      await eventually(() => heard.includes('a:one:w'));
      for (const client of [a, b]) await client.query('SELECT 1'); // what else is on its way comes before this
      return heard;
    },
    sees: ['a:one:x', 'b:two:y', 'a:one:w'],
  },
  {
    name: 'a cursor WITH HOLD lives on',
    run: async (a, b) => {
      await a.query('BEGIN; DECLARE held CURSOR WITH HOLD FOR SELECT generate_series(1, 5); COMMIT');
      const first = await column(a, 'FETCH 2 FROM held');
      const other = code(b.query('FETCH 1 FROM held'));
      const second = await column(a, 'FETCH 2 FROM held');
      await a.query('CLOSE held');
      return [first, second, await other];
    },
    sees: [[1, 2], [3, 4], '34000'],
  },
  {
    name: 'currval is of the own session, or of none',
    run: async (a, b) => {
      await a.query('CREATE SEQUENCE numbers');
      const own = await value(a, "SELECT nextval('numbers')::int + currval('numbers')::int");
      return [own, await code(b.query("SELECT currval('numbers')"))];
    },
    sees: [2, '55000'],
  },
  {
    name: 'a client that is gone leaves nothing behind',
    run: async (a, b) => {
      await a.query('CREATE TABLE orphan (x int)');
      await b.query("SET app.gone = 'g'; CREATE TEMP TABLE gone_t (x int); PREPARE gone_p AS SELECT 1");
      await b.query('SELECT pg_advisory_lock(77)');
      await b.query('BEGIN');
      await b.query('INSERT INTO orphan VALUES (1)');
      await b.end();
      // the last that is freed
      await eventually(async () => (await value(a, 'SELECT pg_try_advisory_lock(77)')) === true);
      return [
        await value(a, 'SELECT count(*)::int FROM orphan'),
        await value(a, "SELECT count(*)::int FROM pg_class WHERE relname = 'gone_t'"),
        await value(a, "SELECT coalesce(current_setting('app.gone', true), '')"),
      ];
    },
    sees: [0, 0, ''],
  },
];

for (const target of targets) {
  describe.skipIf(target.unavailable !== undefined)(`sessions on ${target.name} ${target.unavailable ?? ''}`, () => {
    let opened: Target;
    beforeAll(async () => {
      opened = await target.open();
    });
    afterAll(() => opened.close());

    for (const { name, run, sees } of cases) {
      test(name, async () => {
        const clients = new Clients(opened.url);
        try {
          const [a, b] = [await clients.connect(), await clients.connect()];
          expect(await run(a, b)).toEqual(sees);
        } finally {
          await clients.end();
        }
      }, 60_000);
    }
  });
}
