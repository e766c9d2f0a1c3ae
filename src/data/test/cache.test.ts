import { expect, test } from 'bun:test';
import type { Subprocess } from 'bun';
import { eq, sql } from 'drizzle-orm';
import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { eventually } from '../../db/test/eventually.ts';
import { freePort } from '../../db/test/free-port.ts';
import { cached, notifyBus, redisStore, type SharedStore } from '../cache/index.ts';
import { transaction } from '../transaction/index.ts';
import { upsert } from '../upsert/index.ts';
import { onEngines } from './on-engines.ts';

const items = pgTable('items', {
  id: integer().primaryKey(),
  name: text(),
  doc: jsonb().$type<{ a: number }>(),
  at: timestamp(),
});
const others = pgTable('others', { id: integer().primaryKey() });

const SCHEMA = `
  create table items (id int primary key, name text, doc jsonb, at timestamp);
  create table others (id int primary key);
  insert into items select g, 'n' || g, '{"a": 1}', '2026-01-02 03:04:05' from generate_series(1, 5) g;`;

/** A store in memory, which can be away. */
class MemoryStore implements SharedStore {
  readonly values = new Map<string, Uint8Array>();
  readonly counts = new Map<string, number>();
  readonly heard = new Set<(names: readonly string[]) => void>();
  away = false;
  asked = 0;

  #here(): void {
    this.asked++;
    if (this.away) throw new Error('connection refused');
  }

  async read(keys: readonly string[], counters: readonly string[]) {
    this.#here();
    return {
      values: keys.map((key) => this.values.get(key) ?? null),
      counters: counters.map((name) => this.counts.get(name) ?? 0),
    };
  }

  async write(key: string, value: Uint8Array) {
    this.#here();
    this.values.set(key, value);
  }

  async bump(counters: readonly string[]) {
    this.#here();
    for (const name of counters) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    for (const heard of this.heard) heard(counters);
  }

  async subscribe(heard: (names: readonly string[]) => void) {
    this.#here();
    this.heard.add(heard);
    return async () => void this.heard.delete(heard);
  }
}

onEngines(
  'cached',
  SCHEMA,
  ({ db, driver }) => {
    /** The selects that reached the database. */
    const selects = async (during: () => Promise<unknown>): Promise<number> => {
      let count = 0;
      const stop = driver.observe(({ text }) => void (/^select/i.test(text) && count++));
      await during();
      stop();
      return count;
    };

    test('the documented example: read once, dropped by a write, read again; rows by key', async () => {
      const cache = cached(db, { ttl: 30_000 });
      const read = () => cache.db.select().from(items).where(eq(items.id, 1));
      expect(await selects(async () => expect(await read()).toEqual(await read()))).toBe(1);
      await cache.db.update(items).set({ name: 'new' }).where(eq(items.id, 1));
      expect((await read())[0]).toMatchObject({ name: 'new', doc: { a: 1 }, at: new Date('2026-01-02T03:04:05Z') });
      const rows = await cache.rows(items, items.id, [3, 1, 99, 3]);
      expect(rows.map((row) => row?.name)).toEqual(['n3', 'new', undefined, 'n3']);
      expect(await selects(() => cache.rows(items, items.id, [1, 3, 99]))).toBe(0);
      expect(await selects(() => cache.rows(items, items.id, [1, 2, 4]))).toBe(1);
      expect(cache.stats()).toMatchObject({ away: false, invalidations: 1 });
      expect(cache.stats().memory).toBeGreaterThan(0);
    });

    test('other tables, and other parameters, are other entries', async () => {
      const cache = cached(db);
      await cache.db.select().from(items).where(eq(items.id, 1));
      await cache.db.insert(others).values({ id: 1 });
      expect(await selects(() => cache.db.select().from(items).where(eq(items.id, 1)).execute())).toBe(0);
      expect((await cache.db.select().from(items).where(eq(items.id, 2)))[0]?.id).toBe(2);
    });

    test('a cached value is a copy', async () => {
      const cache = cached(db);
      const read = async () => (await cache.db.select().from(items).where(eq(items.id, 1)))[0];
      const first = await read();
      const second = await read();
      if (second?.doc) second.doc.a = 99;
      expect((await read())?.doc).toEqual({ a: 1 });
      expect(first?.doc).toEqual({ a: 1 });
    });

    test('the same read by many at once is done once; a failing one fails for each alone', async () => {
      const cache = cached(db);
      const read = () => cache.db.select({ id: items.id, slow: sql`pg_sleep(0.02)::text` }).from(items).limit(1);
      expect(await selects(() => Promise.all(Array.from({ length: 8 }, read)))).toBe(1);
      const failing = () =>
        cache.db
          .select({ no: sql`1 / (${items.id} - ${items.id})` })
          .from(items)
          .execute();
      const results = await Promise.allSettled([failing(), failing(), failing()]);
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    });

    test('a transaction drops after its commit and not before, and nothing when rolled back', async () => {
      const cache = cached(db);
      const names = async () =>
        (await cache.db.select({ name: items.name }).from(items).where(eq(items.id, 1)))[0]?.name;
      await names();
      await transaction(cache.db, async (tx) => {
        await tx.update(items).set({ name: 'undone' });
        throw new Error('undo');
      }).catch(() => undefined);
      expect(await selects(names)).toBe(0);
      await transaction(cache.db, async (tx) => {
        await tx.update(items).set({ name: 'tx' }).where(eq(items.id, 1));
        await transaction(tx, (inner) => upsert(inner, items, { id: 1, name: 'nested' }));
        expect(cache.stats().invalidations).toBe(0);
        expect((await tx.select().from(items).where(eq(items.id, 1)))[0]?.name).toBe('nested');
      });
      expect(await names()).toBe('nested');
    });

    test('a read that began before a change and ended after it is not kept', async () => {
      const cache = cached(db);
      const read = () =>
        cache.db.select({ name: items.name, slow: sql`pg_sleep(0.05)::text` }).from(items).where(eq(items.id, 1));
      const early = read().execute();
      await eventually(() => cache.stats().misses === 1);
      await cache.invalidate({ tables: 'items' });
      await early;
      expect(await selects(() => read().execute())).toBe(1);
    });

    test('bulk writes and raw ones, tags', async () => {
      const cache = cached(db, { tags: ['shop'] });
      const count = async () => (await cache.db.select({ id: items.id }).from(items)).length;
      expect(await count()).toBe(5);
      await upsert(cache.db, items, { id: 6 });
      expect(await count()).toBe(6);
      await db.execute(sql`insert into items values (7)`);
      expect(await count()).toBe(6);
      await cache.invalidate({ tags: ['shop'] });
      expect(await count()).toBe(7);
    });

    test('what has lived for its time is read again', async () => {
      const cache = cached(db, { ttl: 40 });
      const count = async () => (await cache.db.select({ id: items.id }).from(items)).length;
      await count();
      await db.execute(sql`insert into items values (6)`);
      await eventually(async () => (await count()) === 6);
    });

    test('only what asks, where so set', async () => {
      const cache = cached(db, { reads: 'asked' });
      expect(
        await selects(async () => [await cache.db.select().from(others), await cache.db.select().from(others)]),
      ).toBe(2);
      const asked = () => cache.db.select().from(others).$withCache().execute();
      expect(await selects(async () => [await asked(), await asked()])).toBe(1);
    });

    test('another process hears of a change by NOTIFY', async () => {
      const [one, two] = [cached(db, { bus: notifyBus(driver) }), cached(db, { bus: notifyBus(driver) })];
      const stop = await two.listen();
      const names = async () => (await two.db.select({ name: items.name }).from(items).where(eq(items.id, 1)))[0]?.name;
      expect(await names()).toBe('n1');
      await one.db.update(items).set({ name: 'told' });
      await eventually(() => two.stats().invalidations > 0);
      expect(await names()).toBe('told');
      await stop();
    });

    test('what changed while nobody heard of it is read again as soon as somebody can', async () => {
      if (driver.engine === 'pglite') return; // its listening session ends with the engine only
      const cache = cached(db, { bus: notifyBus(driver) });
      const stop = await cache.listen();
      const names = async () =>
        (await cache.db.select({ name: items.name }).from(items).where(eq(items.id, 1)))[0]?.name;
      expect(await names()).toBe('n1');
      await driver.script(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query like 'LISTEN%'; update items set name = 'missed' where id = 1`);
      await eventually(() => cache.stats().invalidations > 0);
      expect(await names()).toBe('missed');
      await stop();
    });

    test('a shared store serves other processes, and knows what has changed', async () => {
      const shared = new MemoryStore();
      const [one, two] = [cached(db, { shared }), cached(db, { shared })];
      const stop = await one.listen();
      await one.db.select().from(items);
      expect(await selects(() => two.db.select().from(items).execute())).toBe(0);
      expect(two.stats()).toMatchObject({ hits: 1, sharedHits: 1, misses: 0, rate: 1 });
      await two.db.delete(items).where(eq(items.id, 5));
      expect((await one.db.select().from(items)).length).toBe(4);
      await stop();
    });

    test('when the store is away the application goes on, says so once, and tells later what changed', async () => {
      const shared = new MemoryStore();
      const said: string[] = [];
      const one = cached(db, { shared, onAway: () => said.push('away'), onBack: () => said.push('back') });
      const two = cached(db, { shared });
      await two.db.select().from(items);
      shared.away = true;
      expect((await one.db.select().from(items)).length).toBe(5);
      await one.db.delete(items).where(eq(items.id, 5));
      expect((await one.db.select().from(items)).length).toBe(4);
      expect(said).toEqual(['away']);
      expect(one.stats().away).toBe(true);
      shared.away = false;
      await Bun.sleep(2_050);
      expect((await one.db.select().from(items).where(eq(items.id, 1))).length).toBe(1);
      expect(said).toEqual(['away', 'back']);
      expect((await cached(db, { shared }).db.select().from(items)).length).toBe(4);
    });

    test('a Redis that is not there is survived', async () => {
      const said: unknown[] = [];
      const shared = redisStore('redis://127.0.0.1:1');
      const cache = cached(db, { shared, onAway: (error) => said.push(error) });
      expect((await cache.db.select().from(items)).length).toBe(5);
      expect(await selects(() => cache.db.select().from(items).execute())).toBe(0);
      expect(said.length).toBe(1);
      shared.close();
    });

    test('wrong options', () => {
      expect(() => cached(db, { ttl: 0 })).toThrow(
        expect.objectContaining({ code: 'cache_option_invalid', field: 'ttl' }),
      );
      expect(() => cached(db, { memory: Number.NaN })).toThrow(expect.objectContaining({ field: 'memory' }));
    });
  },
  { commits: true },
);

const redis = Bun.which('redis-server') ?? Bun.which('valkey-server');

/** A Redis that can be killed and started again where it was. */
class RedisServer {
  readonly url;
  #process: Subprocess | undefined;

  private constructor(private readonly port: number) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async create(): Promise<RedisServer> {
    return new RedisServer(await freePort());
  }

  async start(): Promise<void> {
    const settings = ['--port', String(this.port), '--save', '', '--bind', '127.0.0.1'];
    this.#process = Bun.spawn([redis ?? '', ...settings], { stdio: ['ignore', 'ignore', 'ignore'] });
    await eventually(() => this.#listens());
  }

  async #listens(): Promise<boolean> {
    const connecting = Bun.connect({ hostname: '127.0.0.1', port: this.port, socket: { data: () => {} } });
    const socket = await connecting.catch(() => undefined);
    socket?.end();
    return socket !== undefined;
  }

  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#process?.exited;
  }
}

onEngines('cached with Redis', SCHEMA, ({ db }) => {
  const title = (text: string) => (redis ? text : `${text} (skipped: redis-server is not installed)`);

  test.skipIf(!redis)(title('two processes share'), async () => {
    const server = await RedisServer.create();
    await server.start();
    const stores = [redisStore(server.url), redisStore(server.url)] as const;
    try {
      const [one, two] = [cached(db, { shared: stores[0] }), cached(db, { shared: stores[1] })];
      await one.listen();
      await one.db.select().from(items);
      expect((await two.db.select().from(items)).length).toBe(5);
      expect(two.stats().sharedHits).toBe(1);
      await two.db.delete(items).where(eq(items.id, 5));
      await eventually(async () => (await one.db.select().from(items)).length === 4);
    } finally {
      for (const store of stores) store.close();
      await server.kill();
    }
  });

  test.skipIf(!redis)(title('a Redis that comes, dies and comes back is heard each time'), async () => {
    const server = await RedisServer.create();
    const stores = [redisStore(server.url), redisStore(server.url)] as const;
    const [one, two] = [cached(db, { shared: stores[0] }), cached(db, { shared: stores[1] })];
    const name = async () => (await one.db.select().from(items).where(eq(items.id, 1)))[0]?.name;
    const heard = async (text: string) => {
      await two.db.select().from(items); // once the Redis is back, it is told of what was written meanwhile
      return (await name()) === text;
    };
    try {
      await one.listen();
      await name();
      await two.db.update(items).set({ name: 'early' });
      await server.start();
      await eventually(() => heard('early'));
      await server.kill();
      await two.db.update(items).set({ name: 'meanwhile' });
      await server.start();
      await eventually(() => heard('meanwhile'));
      await two.db.update(items).set({ name: 'late' });
      await eventually(() => heard('late'));
    } finally {
      for (const store of stores) store.close();
      await server.kill();
    }
  });
});
