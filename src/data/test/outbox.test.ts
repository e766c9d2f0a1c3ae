import { describe, expect, test } from 'bun:test';
import { isNotNull, sql } from 'drizzle-orm';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import type { Driver } from '../../db/index.ts';
import { engines, postgresUrl, withDatabase } from '../../db/test/engines.ts';
import { eventually } from '../../db/test/eventually.ts';
import { enqueue, type OutboxEvent, OutboxWorker, type OutboxWorkerSettings, outbox } from '../outbox/index.ts';
import { transaction } from '../transaction/index.ts';
import { onEngines } from './on-engines.ts';

const SCHEMA = `
  create table hutch_outbox (id bigint generated always as identity primary key, topic text not null, key text, payload jsonb not null,
    created_at timestamptz not null default clock_timestamp(), due_at timestamptz not null default clock_timestamp(),
    attempts int not null default 0, claimed_by text, claimed_until timestamptz, last_error text, dead_at timestamptz);
  create index hutch_outbox_waiting on hutch_outbox (id) where dead_at is null;
  create index hutch_outbox_key on hutch_outbox (key, id) where dead_at is null and key is not null;
  create table handled (seq bigserial, id bigint, key text);`;

/** Milliseconds between looks of a worker that only news may wake: longer than a test lasts. */
const NEVER = 600_000;

onEngines(
  'outbox',
  SCHEMA,
  ({ db, driver }) => {
    const working = async (
      handler: (event: OutboxEvent) => unknown,
      settings: OutboxWorkerSettings,
      during: () => Promise<void>,
    ) => {
      const worker = new OutboxWorker(driver, handler, { poll: NEVER, ...settings });
      await worker.start();
      try {
        await during();
      } finally {
        await worker.stop();
      }
    };

    test('the documented example: handled once committed, woken by the commit', async () => {
      const seen: OutboxEvent[] = [];
      await working(
        (event) => seen.push(event),
        {},
        async () => {
          await transaction(db, async (tx) => {
            await enqueue(tx, { topic: 'order.placed', key: 'order:1', payload: { total: 12 } });
            await enqueue(tx, { topic: 'order.placed' });
          });
          await eventually(() => seen.length === 2);
        },
      );
      expect(seen[0]).toMatchObject({ topic: 'order.placed', key: 'order:1', payload: { total: 12 }, attempt: 1 });
      expect(await db.$count(outbox)).toBe(0);
    });

    test('what is rolled back is never handled', async () => {
      const seen: OutboxEvent[] = [];
      await working(
        (event) => seen.push(event),
        { poll: 10 },
        async () => {
          await transaction(db, async (tx) => {
            await enqueue(tx, { topic: 'no' });
            throw new Error('undo');
          }).catch(() => undefined);
          await enqueue(db, { topic: 'yes' });
          await eventually(() => seen.length > 0);
        },
      );
      expect(seen.map(({ topic }) => topic)).toEqual(['yes']);
    });

    test('a failing event is tried again, its key waits behind it, others do not', async () => {
      const seen: string[] = [];
      const handler = ({ payload, attempt }: OutboxEvent) => {
        seen.push(`${payload}#${attempt}`);
        if (payload === 'a1' && attempt < 3) throw new Error('not yet');
      };
      for (const [key, payload] of [
        ['a', 'a1'],
        ['a', 'a2'],
        ['b', 'b1'],
      ] as const)
        await enqueue(db, { topic: 't', key, payload });
      await working(handler, { poll: 5, backoff: () => 30 }, () =>
        eventually(async () => (await db.$count(outbox)) === 0),
      );
      expect(seen.filter((it) => it.startsWith('a'))).toEqual(['a1#1', 'a1#2', 'a1#3', 'a2#1']);
      expect(seen.indexOf('b1#1')).toBeLessThan(seen.indexOf('a1#2'));
    });

    test('after its last attempt an event is put aside, and its key goes on', async () => {
      const seen: unknown[] = [];
      const failures: unknown[] = [];
      const handler = ({ payload }: OutboxEvent) => {
        if (payload === 'poison') throw new Error('undigestible');
        seen.push(payload);
      };
      await enqueue(db, { topic: 't', key: 'k', payload: 'poison' });
      await enqueue(db, { topic: 't', key: 'k', payload: 'fine' });
      const settings = { poll: 5, attempts: 2, backoff: () => 1, onError: (error: unknown) => failures.push(error) };
      await working(handler, settings, () => eventually(() => seen.length === 1));
      expect(failures.length).toBe(2);
      const dead = await db.select().from(outbox).where(isNotNull(outbox.deadAt));
      expect(dead).toMatchObject([{ payload: 'poison', attempts: 2, lastError: 'Error: undigestible' }]);
    });

    test('a delayed event waits', async () => {
      const seen: number[] = [];
      const started = performance.now();
      await enqueue(db, { topic: 't', delay: 80 });
      await working(
        () => seen.push(performance.now() - started),
        { poll: 5 },
        () => eventually(() => seen.length === 1),
      );
      expect(seen[0]).toBeGreaterThanOrEqual(79);
    });

    /** What `during` sees of a worker that has taken an event and does not come to its end. */
    const stuck = async (lease: number, during: (worker: OutboxWorker) => Promise<void>) => {
      await enqueue(db, { topic: 't', payload: 'x' });
      const taken = Promise.withResolvers<void>();
      const handler = () => {
        taken.resolve();
        return new Promise(() => undefined);
      };
      const worker = new OutboxWorker(driver, handler, { lease, poll: NEVER });
      await worker.start();
      try {
        await taken.promise;
        await during(worker);
      } finally {
        await worker.stop({ graceMs: 0 });
      }
    };

    test('a worker that vanishes loses nothing', async () => {
      const seen: OutboxEvent[] = [];
      await stuck(60, (gone) => gone.stop({ graceMs: 0 }));
      await working(
        (event) => seen.push(event),
        { poll: 5 },
        () => eventually(() => seen.length === 1),
      );
      expect(seen[0]?.attempt).toBe(2);
    });

    test('a worker that is slow but alive keeps its events', async () => {
      const until = async () =>
        (await db.select({ until: outbox.claimedUntil }).from(outbox))[0]?.until?.getTime() ?? 0;
      const seen: OutboxEvent[] = [];
      // renewed after a third of it: a stall of the rest would be needed for another to get the event
      await stuck(4_000, async () => {
        const first = await until();
        await working(
          (event) => seen.push(event),
          { poll: 5 },
          () => eventually(async () => (await until()) > first),
        );
      });
      expect(seen).toEqual([]);
    });

    test('stopping waits for what is in hand', async () => {
      const begun = Promise.withResolvers<void>();
      const goesOn = Promise.withResolvers<void>();
      const order: string[] = [];
      const worker = new OutboxWorker(driver, async () => {
        begun.resolve();
        await goesOn.promise;
        order.push('handled');
      });
      await enqueue(db, { topic: 't' });
      await worker.start();
      await begun.promise;
      const stopping = worker.stop().then(() => order.push('stopped'));
      await Bun.sleep(20);
      goesOn.resolve();
      await stopping;
      expect(order).toEqual(['handled', 'stopped']);
      expect(await db.$count(outbox)).toBe(0);
    });

    test('two workers share the work, each event once, keys in order', async () => {
      const seen: OutboxEvent[] = [];
      const handler = async (event: OutboxEvent) => {
        await Bun.sleep(Math.random() * 2);
        seen.push(event);
      };
      await transaction(db, async (tx) => {
        for (let index = 0; index < 60; index++)
          await enqueue(tx, { topic: 't', key: `k${index % 7}`, payload: index });
      });
      await working(handler, { poll: 10 }, () =>
        working(handler, { poll: 10 }, () => eventually(() => seen.length === 60)),
      );
      expect(new Set(seen.map(({ id }) => id)).size).toBe(60);
      expectOrder(seen);
    });

    test('only the topics asked for', async () => {
      const seen: string[] = [];
      await enqueue(db, { topic: 'other' });
      await enqueue(db, { topic: 'a "quoted", topic' });
      await working(
        ({ topic }) => seen.push(topic),
        { topics: ['a "quoted", topic'] },
        () => eventually(() => seen.length === 1),
      );
      expect(await db.$count(outbox)).toBe(1);
    });

    const bad: readonly [field: string, event: object][] = [
      ['topic', { topic: '' }],
      ['payload', { topic: 't', payload: 1n }],
      ['payload', { topic: 't', payload: () => 1 }],
      ['payload', { topic: 't', payload: 'x'.repeat(1024 * 1024) }],
      ['delay', { topic: 't', delay: -1 }],
    ];
    for (const [field, event] of bad) {
      test(`refuses a wrong ${field}`, async () => {
        const sent = event as Parameters<typeof enqueue>[1];
        await expect(enqueue(db, sent)).rejects.toMatchObject({ code: 'outbox_event_invalid', field });
        expect(await db.$count(outbox)).toBe(0);
      });
    }
  },
  { commits: true },
);

function expectOrder(events: readonly { readonly id: number; readonly key: string | null }[]): void {
  const last = new Map<string, number>();
  for (const { id, key } of events) {
    if (key === null) continue;
    expect(id).toBeGreaterThan(last.get(key) ?? 0);
    last.set(key, id);
  }
}

/** Kills of the long run; the short one shows the same with a few. */
const KILLS = process.env.HUTCH_TEST_LONG ? 50 : 4;
const postgres = engines().find(({ name, unavailable }) => name === 'postgres' && unavailable === undefined);

describe.skipIf(postgres === undefined)('killed under load (processes need a real Postgres)', () => {
  test(`${KILLS} kills lose nothing and keep each key's order`, async () => {
    if (!postgres) return;
    const driver = await postgres.open();
    try {
      await driver.script(SCHEMA);
      const url = await urlOf(driver);
      const db = drizzleOver(driver);
      const workers = [start(url), start(url)];
      let sent = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        await transaction(db, async (tx) => {
          for (let index = 0; index < 40; index++) await enqueue(tx, { topic: 't', key: `k${sent++ % 9}` });
        });
        await Bun.sleep(60 + Math.random() * 140);
        workers.shift()?.kill('SIGKILL');
        workers.push(start(url));
      }
      await eventually(async () => (await db.$count(outbox)) === 0, 90_000);
      for (const worker of workers) worker.kill('SIGKILL');
      await Promise.all(workers.map((worker) => worker.exited));
      const handled = await db.execute<{ id: string; key: string }>(sql`select id, key from handled order by seq`);
      const first = [...new Map(handled.map((row) => [Number(row.id), row.key]))].map(([id, key]) => ({ id, key }));
      expect(first.length).toBe(sent);
      expectOrder(first);
    } finally {
      await driver.close();
    }
  }, 120_000);
});

function start(url: string) {
  return Bun.spawn([process.execPath, new URL('./outbox-process.ts', import.meta.url).pathname], {
    env: { ...process.env, OUTBOX_URL: url },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
}

async function urlOf(driver: Driver): Promise<string> {
  const { rows } = await driver.query({ text: 'select current_database()' });
  return withDatabase(await postgresUrl(), rows[0]?.[0] ?? '');
}
