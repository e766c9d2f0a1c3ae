import { describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import { ConnectionError, DatabaseError, type Driver, type Statement } from '../../db/index.ts';
import {
  explain,
  normalise,
  QueryStats,
  type SlowQuery,
  type SpreadSettings,
  slowQueryLog,
  spreadReads,
} from '../connections/index.ts';
import { isRead } from '../connections/read.ts';
import { onEngines } from './on-engines.ts';

const items = pgTable('items', { id: integer().primaryKey(), name: text() });

const SCHEMA = `create table items (id int primary key, name text);
  insert into items select g, 'secret' || g from generate_series(1, 500) g; analyze items`;

describe('normalise', () => {
  const cases: readonly [text: string, normal: string][] = [
    ["select * from t where a = 'it''s' and b = 12.5e3", 'select * from t where a = ? and b = ?'],
    ['select "a1", "x ""2""" from t2 where a = $1', 'select "a1", "x ""2""" from t2 where a = $1'],
    ['select 1 -- a comment\n  , /* two\n */ 2', 'select ? , ?'],
    ["select $$body 1$$, $tag$it's$tag$, E'a\\'b'", 'select ?, ?, ?'],
    ['select * from t where id in ($1, $2, $3)', 'select * from t where id in ($1, …)'],
    ['select * from t where id in (1,2,3)', 'select * from t where id in (?, …)'],
    ['insert into t values ($1, $2), ($3, $4), ($5, default)', 'insert into t values ($1, …), …'],
    ['SAVEPOINT hutch_12', 'SAVEPOINT ?'],
  ];
  for (const [given, normal] of cases) test(given, () => expect(normalise(given)).toBe(normal));
});

describe('isRead', () => {
  const cases: readonly [text: string, read: boolean][] = [
    ['select "update" from t', true],
    ["  with a as (select 'delete') select * from a", true],
    ['explain select 1', true],
    ['select * from t for update', false],
    ['select * from t for no key update', false],
    ['with d as (delete from t returning *) select * from d', false],
    ["select nextval('s')", false],
    ['select 1 into t2', false],
    ['explain analyze delete from t', false],
    ['insert into t select 1', false],
    ['begin', false],
  ];
  for (const [given, read] of cases) test(given, () => expect(isRead(given)).toBe(read));
});

onEngines(
  'connections',
  SCHEMA,
  ({ db, driver }) => {
    test('queryStats and slowQueries count by text, without values', async () => {
      const slow: SlowQuery[] = [];
      const stats = new QueryStats(driver, { slow: 250, onSlow: (query) => slow.push(query) });
      for (const id of [1, 2, 3]) await db.select().from(items).where(eq(items.id, id));
      await driver.query({ text: "select pg_sleep(0.3), 'secret1'" });
      await driver.query({ text: 'select 1/0' }).catch(() => undefined);
      stats.stop();
      await db.select().from(items);
      const all = stats.queryStats();
      const totals = all.map(({ count, mean }) => count * mean);
      expect(totals).toEqual(totals.toSorted((a, b) => b - a));
      expect(all.find(({ text }) => text.includes('"items"'))).toMatchObject({ count: 3, rows: 3, errors: 0 });
      expect(all.find(({ text }) => text === 'select ?/?')).toMatchObject({ count: 1, errors: 1 });
      // on a busy machine others may have been slow as well
      const slept = ({ text }: { readonly text: string }) => text === 'select pg_sleep(?), ?';
      expect(stats.slowQueries().filter(slept)).toHaveLength(1);
      expect(Math.min(...stats.slowQueries().map(({ p95 }) => p95))).toBeGreaterThanOrEqual(250);
      expect(stats.slowQueries(0).length).toBe(3);
      expect(slow.filter(slept)).toHaveLength(1);
      expect(Math.min(...slow.map(({ took }) => took))).toBeGreaterThanOrEqual(250);
      const lines: object[] = [];
      for (const query of slow) slowQueryLog({ warn: (details) => lines.push(details) })(query);
      expect(JSON.stringify(lines)).toContain('pg_sleep(?)');
      expect(JSON.stringify(lines)).not.toContain('secret');
    });

    test('explain shows the plan; analysed, what it writes is undone', async () => {
      const plan = await explain(db, db.select().from(items).where(eq(items.id, 7)));
      expect(plan.text).toContain('items');
      expect(plan.rows).toBe(1);
      expect(plan.took).toBeUndefined();
      const deleted = await explain(db, db.delete(items), { analyze: true });
      expect(deleted.took).toBeGreaterThan(0);
      expect(deleted.text).toContain('Delete on items');
      expect(await db.$count(items)).toBe(500);
    });

    const copyOf = (name: string) => new Standby(driver, name);

    test('reads that ask go to replicas in turn; all else to the primary', async () => {
      const [one, two] = [copyOf('one'), copyOf('two')];
      const spread = spreadReads(driver, [one.driver, two.driver]);
      for (let round = 0; round < 4; round++) await spread.replica.query({ text: 'select 1' });
      await spread.driver.query({ text: 'select 2' });
      expect([one.seen.length, two.seen.length]).toEqual([2, 2]);
      const { primary, replicas } = await spread.health();
      expect([primary.ok, replicas.map(({ ok }) => ok)]).toEqual([true, [true, true]]);
      expect(spread.poolStats().replicas.length).toBe(2);
    });

    test('all reads outside a write, and the primary for a while after one', async () => {
      const one = copyOf('one');
      const spread = drizzleSpread(driver, [one], { reads: 'all', sticky: 600_000 });
      await spread.select().from(items).where(eq(items.id, 1));
      expect(one.seen.length).toBe(1);
      await spread.insert(items).values({ id: 1000 });
      expect(await spread.$count(items)).toBe(501);
      await spread.transaction((tx) => tx.select().from(items).limit(1));
      expect(one.seen.length).toBe(1);
    });

    test('some time after a write reads come from replicas again', async () => {
      const one = copyOf('one');
      const spread = drizzleSpread(driver, [one], { reads: 'all', sticky: 40 });
      await spread.insert(items).values({ id: 1000 });
      await Bun.sleep(50);
      await spread.select().from(items).limit(1);
      expect(one.seen.length).toBe(1);
    });

    test('a dead replica is left out, its query runs elsewhere, and it comes back', async () => {
      const [one, two] = [copyOf('one'), copyOf('two')];
      const changes: string[] = [];
      const back = Promise.withResolvers<void>();
      const onChange = (index: number, alive: boolean) => {
        changes.push(`${index} ${alive}`);
        if (alive) back.resolve();
      };
      const spread = spreadReads(driver, [one.driver, two.driver], { recheck: 15, onChange });
      one.failure = new ConnectionError('gone', 'unreachable');
      for (let round = 0; round < 6; round++) {
        expect((await spread.replica.query({ text: 'select 5' })).rows).toEqual([['5']]);
      }
      expect([one.seen.length, two.seen.length]).toEqual([1, 6]);
      expect((await spread.health()).replicas.map(({ ok }) => ok)).toEqual([false, true]);
      one.failure = undefined;
      await back.promise;
      expect(changes).toEqual(['0 false', '0 true']);
      for (let round = 0; round < 2; round++) await spread.replica.query({ text: 'select 5' });
      expect(one.seen.length).toBe(2);
    });

    test('with no replica alive, or one that refuses a hidden write, the primary answers; errors of the query stay errors', async () => {
      const one = copyOf('one');
      const spread = spreadReads(driver, [one.driver]);
      one.failure = new DatabaseError('read only', '25006');
      expect((await spread.replica.query({ text: 'select 5' })).rows).toEqual([['5']]);
      one.failure = new DatabaseError('not replayed yet', '42P01');
      expect((await spread.replica.query({ text: 'select 5' })).rows).toEqual([['5']]);
      one.failure = new DatabaseError('division by zero', '22012');
      await expect(spread.replica.query({ text: 'select 5' })).rejects.toMatchObject({ code: '22012' });
      one.failure = new ConnectionError('gone', 'unreachable');
      expect((await spread.replica.query({ text: 'select 5' })).rows).toEqual([['5']]);
    });

    test('who has written reads what they wrote; all others go on reading from replicas', async () => {
      const one = copyOf('one');
      const { spreading } = spreadReads(driver, [one.driver], { sticky: 60_000 });
      const as = (sub: string) => ({ actor: { settings: { 'request.jwt.claims': JSON.stringify({ sub }) } } });
      const read = (sub: string) => spreading.batch([{ text: 'select 6' }], { ...as(sub), readOnly: true });
      await spreading.batch([{ text: `update items set name = 'x' where id = 1` }], as('ada'));
      await read('ada');
      expect(one.seen).toEqual([]);
      await read('bob');
      expect(one.seen).toEqual(['one: select 6']);
    });

    test('a replica that can’t be reached at the start takes part once it can', async () => {
      const one = copyOf('one');
      let reachable = false;
      const open = async () => {
        if (!reachable) throw new ConnectionError('not yet', 'unreachable');
        return one.driver;
      };
      const back = Promise.withResolvers<void>();
      const spread = spreadReads(driver, [open], { recheck: 5, onChange: () => back.resolve() });
      expect((await spread.replica.query({ text: 'select 5' })).rows).toEqual([['5']]);
      expect([spread.alive(), (await spread.health()).replicas[0]?.ok]).toEqual([[false], false]);
      expect(spread.poolStats().replicas).toEqual([{ size: 0, busy: 0, idle: 0, waiting: 0 }]);
      reachable = true;
      await back.promise;
      await spread.replica.query({ text: 'select 5' });
      expect(one.seen.length).toBe(1);
    });

    test('a replica that falls silent keeps nobody waiting, and comes back on other connections', async () => {
      const one = copyOf('one');
      const opened: Driver[] = [];
      const open = async () => {
        const own = new Proxy(one.driver, {
          get: (target, member) => (member === 'close' ? async () => undefined : Reflect.get(target, member)),
        });
        opened.push(own);
        return own;
      };
      const changes = new Changes();
      const spread = spreadReads(driver, [open], { recheck: 15, patience: 20, onChange: changes.note });
      await changes.until(true);
      one.silent = true;
      const both = [spread.replica.query({ text: 'select 5' }), spread.replica.query({ text: 'select 5' })];
      expect((await Promise.all(both)).map(({ rows }) => rows)).toEqual([[['5']], [['5']]]);
      expect([one.seen.length, spread.alive()]).toEqual([2, [false]]);
      one.silent = false;
      await changes.until(true);
      await spread.replica.query({ text: 'select 5' });
      expect(one.seen.length).toBe(3);
      expect(opened.length).toBeGreaterThan(1);
      await spread.closeReplicas();
    });

    test('a replica that takes long over a query is not silent', async () => {
      const one = copyOf('one');
      one.delay = 120;
      const spread = spreadReads(driver, [one.driver], { patience: 15 });
      expect((await spread.replica.query({ text: 'select 5' })).rows).toEqual([['5']]);
      expect([one.seen.length, spread.alive()]).toEqual([1, [true]]);
    });

    test('a serializable read is none for a replica', async () => {
      const one = copyOf('one');
      const { spreading } = spreadReads(driver, [one.driver]);
      await spreading.batch([{ text: 'select 6' }], { readOnly: true, isolation: 'serializable' });
      expect(one.seen).toEqual([]);
    });
  },
  { commits: true },
);

/** Waits for a replica to leave or to come back. */
class Changes {
  #last: boolean | undefined;
  #changed = Promise.withResolvers<void>();

  readonly note = (_index: number, alive: boolean): void => {
    this.#last = alive;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  };

  async until(alive: boolean): Promise<void> {
    while (this.#last !== alive) await this.#changed.promise;
  }
}

/** A replica that can be switched off: the primary's own data under another name, since it is who answers that counts. */
class Standby {
  readonly seen: string[] = [];
  failure: Error | undefined;
  /** It takes questions and never answers. */
  silent = false;
  /** Milliseconds until it answers. */
  delay = 0;
  readonly driver: Driver;

  constructor(primary: Driver, name: string) {
    const query = async (statement: Statement) => {
      this.seen.push(`${name}: ${statement.text}`);
      if (this.failure) throw this.failure;
      if (this.silent) await new Promise(() => {});
      if (this.delay > 0) await Bun.sleep(this.delay);
      return primary.query(statement);
    };
    const batch: Driver['batch'] = (statements, options) => {
      this.seen.push(...statements.map(({ text }) => `${name}: ${text}`));
      return primary.batch(statements, options);
    };
    const own: Readonly<Record<string, unknown>> = { query, batch };
    const health = async () => {
      if (this.silent) await new Promise(() => {});
      return { ok: this.failure === undefined };
    };
    this.driver = new Proxy(primary, {
      get: (target, member) => (member === 'health' ? health : (own[String(member)] ?? Reflect.get(target, member))),
    });
  }
}

const drizzleSpread = (primary: Driver, standbys: readonly Standby[], settings: SpreadSettings) =>
  drizzleOver(
    spreadReads(
      primary,
      standbys.map((standby) => standby.driver),
      settings,
    ).driver,
  );
