import { describe, expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { integer, pgTable, serial, text } from 'drizzle-orm/pg-core';
import { Hono } from 'hono';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import { openPglite } from '../../db/index.ts';
import { HutchError } from '../../errors/index.ts';
import { sqlstateOf } from '../sqlstate.ts';
import {
  actAs,
  afterCommit,
  requestTransaction,
  transaction,
  withAdvisoryLock,
  withSessionLock,
} from '../transaction/index.ts';
import { isRetryable, pauseBefore } from '../transaction/retry.ts';
import { onEngines } from './on-engines.ts';

const notes = pgTable('notes', { id: serial().primaryKey(), text: text().notNull() });
const accounts = pgTable('accounts', { id: integer().primaryKey(), balance: integer().notNull() });

/** The code a failing promise ends with. (Inside a transaction `expect().rejects` would stop the loop that feeds it.) */
const codeOf = (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => 'succeeded',
    (error: unknown) => (error instanceof HutchError ? error.code : (sqlstateOf(error) ?? String(error))),
  );

const SCHEMA = `
  create table notes (id serial primary key, text text not null);
  create table accounts (id int primary key, balance int not null);
  insert into accounts values (1, 100), (2, 0);`;

test('who waits inside of a transaction for what is beside it is told why that is in vain on the one session', async () => {
  const driver = await openPglite({ queueTimeout: 50, thread: 'main' });
  const db = drizzleOver(driver);
  const inVain = await transaction(db, () => db.execute('select 1')).catch((error: unknown) => error);
  expect(inVain).toMatchObject({ cause: { code: 'pool_timeout', message: expect.stringContaining('on its tx') } });
  await driver.close();
});

onEngines('transaction', SCHEMA, ({ db }) => {
  test('the documented example: all or nothing, and its result', async () => {
    const total = await transaction(db, async (tx) => {
      await tx
        .update(accounts)
        .set({ balance: sql`${accounts.balance} - 10` })
        .where(eq(accounts.id, 1));
      await tx
        .update(accounts)
        .set({ balance: sql`${accounts.balance} + 10` })
        .where(eq(accounts.id, 2));
      return tx.$count(accounts);
    });
    expect(total).toBe(2);
    expect(await db.select().from(accounts).orderBy(accounts.id)).toEqual([
      { id: 1, balance: 90 },
      { id: 2, balance: 10 },
    ]);
  });

  test('a nested one that fails undoes itself alone', async () => {
    await transaction(db, async (tx) => {
      await tx.insert(notes).values({ text: 'outer' });
      const inner = transaction(tx, async (nested) => {
        await nested.insert(notes).values({ text: 'inner' });
        await nested.execute(sql`select 1/0`);
      });
      expect(await codeOf(inner)).toBe('22012');
      await transaction(tx, (nested) => nested.insert(notes).values({ text: 'second' }));
    });
    expect((await db.select().from(notes)).map((note) => note.text)).toEqual(['outer', 'second']);
  });

  test('isolation belongs to the outermost', async () => {
    const nested = transaction(db, (tx) => transaction(tx, async () => 1, { isolation: 'serializable' }));
    await expect(nested).rejects.toMatchObject({ code: 'transaction_nested_options', field: 'isolation' });
  });

  test('hooks run after the outermost commit, in order, and never for what was rolled back', async () => {
    const ran: string[] = [];
    await transaction(db, async (tx) => {
      afterCommit(tx, () => void ran.push('first'));
      await transaction(tx, async (nested) => afterCommit(nested, () => void ran.push('nested')));
      await transaction(tx, async (nested) => {
        afterCommit(nested, () => void ran.push('undone'));
        throw new Error('undo');
      }).catch(() => undefined);
      expect(ran).toEqual([]);
    });
    expect(ran).toEqual(['first', 'nested']);
  });

  test('a failing hook does not keep the others from running, nor undo the write', async () => {
    const ran: string[] = [];
    const work = transaction(db, async (tx) => {
      await tx.insert(notes).values({ text: 'kept' });
      afterCommit(tx, () => Promise.reject(new Error('mail server')));
      afterCommit(tx, () => void ran.push('second'));
    });
    await expect(work).rejects.toMatchObject({ code: 'after_commit_failed' });
    expect(ran).toEqual(['second']);
    expect(await db.$count(notes)).toBe(1);
  });

  test('a hook needs a transaction whose commit is known', () => {
    expect(() => afterCommit(db, () => undefined)).toThrow(expect.objectContaining({ code: 'after_commit_outside' }));
  });

  test('a retryable failure begins again, up to the limit; hooks of failed attempts are forgotten', async () => {
    let attempts = 0;
    const ran: number[] = [];
    const fail = (times: number) => async () =>
      transaction(
        db,
        async (tx) => {
          const attempt = ++attempts;
          afterCommit(tx, () => void ran.push(attempt));
          await tx.insert(notes).values({ text: `attempt ${attempt}` });
          if (attempt <= times)
            await tx.execute(sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`);
        },
        { retries: 3 },
      );
    await fail(2)();
    expect(attempts).toBe(3);
    expect(ran).toEqual([3]);
    expect((await db.select().from(notes)).map((note) => note.text)).toEqual(['attempt 3']);
    attempts = 0;
    await expect(fail(9)()).rejects.toMatchObject({ cause: { code: '40001' } });
    expect(attempts).toBe(4);
  });

  test('actAs ends with the transaction', async () => {
    const inside = await transaction(db, async (tx) => {
      await actAs(tx, { settings: { 'request.jwt.claims': '{"sub":"ada"}' } });
      return tx.execute<{ sub: string }>(sql`select current_setting('request.jwt.claims')::json ->> 'sub' as sub`);
    });
    expect(inside[0]?.sub).toBe('ada');
    const [after] = await db.execute<{ claims: string }>(
      sql`select current_setting('request.jwt.claims', true) as claims`,
    );
    expect(after?.claims || null).toBeNull();
  });
});

onEngines('requestTransaction', SCHEMA, ({ db, driver }) => {
  const app = () => {
    const hono = new Hono()
      .use((c, next) => {
        c.set('actor' as never, { settings: { 'app.who': 'ada' } } as never);
        return next();
      })
      .use(requestTransaction(db))
      .post('/ok', async (c) => {
        const [note] = await c.var.tx.insert(notes).values({ text: 'ok' }).returning();
        await transaction(c.var.tx, (tx) => tx.insert(notes).values({ text: 'nested' }));
        afterCommit(c.var.tx, () => c.header('x-hook', 'ran'));
        return c.json(note, 201);
      })
      .post('/throws', async (c) => {
        await c.var.tx.insert(notes).values({ text: 'gone' });
        throw new Error('no');
      })
      .post('/503', async (c) => {
        await c.var.tx.insert(notes).values({ text: 'gone' });
        return c.text('later', 503);
      })
      .post('/409', async (c) => {
        await c.var.tx.insert(notes).values({ text: 'refused' });
        return c.text('conflict', 409);
      })
      .post('/swallows', async (c) => {
        await c.var.tx.insert(notes).values({ text: 'gone' });
        await c.var.tx.execute(sql`select 1/0`).catch(() => undefined);
        return c.text('fine');
      })
      .post('/rollback', async (c) => {
        await c.var.tx.insert(notes).values({ text: 'gone' });
        return c.var.tx.rollback();
      })
      .get('/who', async (c) => {
        const [row] = await c.var.tx.execute<{ who: string }>(sql`select current_setting('app.who') as who`);
        return c.text(row?.who ?? '');
      })
      .get('/idle', (c) => c.text('idle'));
    hono.onError((error, c) => c.text('code' in error ? String(error.code) : error.message, 500));
    return hono;
  };

  const cases: readonly [path: string, status: number, texts: readonly string[]][] = [
    ['/ok', 201, ['ok', 'nested']],
    ['/throws', 500, []],
    ['/503', 503, []],
    ['/409', 409, ['refused']],
    ['/swallows', 500, []],
    ['/rollback', 500, []],
  ];
  for (const [path, status, texts] of cases) {
    test(`${path} answers ${status} and leaves ${texts.length} rows`, async () => {
      const response = await app().request(path, { method: 'POST' });
      expect(response.status).toBe(status);
      expect((await db.select().from(notes)).map((note) => note.text)).toEqual([...texts]);
    });
  }

  test('a swallowed error is named', async () => {
    const response = await app().request('/swallows', { method: 'POST' });
    expect(await response.text()).toBe('transaction_aborted');
  });

  test("the request's actor acts", async () => {
    expect(await (await app().request('/who')).text()).toBe('ada');
  });

  test('a request that does not touch it sends nothing', async () => {
    const seen: string[] = [];
    const stop = driver.observe(({ text }) => seen.push(text));
    await app().request('/idle');
    stop();
    expect(seen).toEqual([]);
  });
});

onEngines(
  'locks and serialization',
  SCHEMA,
  ({ db, driver }) => {
    test('an advisory lock lets one at a time in', async () => {
      let inside = 0;
      let most = 0;
      const enter = () =>
        withAdvisoryLock(db, 'report', async (tx) => {
          most = Math.max(most, ++inside);
          await tx.execute(sql`select pg_sleep(0.005)`);
          inside--;
        });
      await Promise.all([enter(), enter(), enter()]);
      expect(most).toBe(1);
    });

    test('who does not wait is told so', async () => {
      if (!driver.capabilities.concurrent) return;
      await withAdvisoryLock(db, 'busy', async () => {
        expect(await codeOf(withAdvisoryLock(db, 'busy', async () => 1, { wait: 0 }))).toBe('lock_unavailable');
        expect(await codeOf(withAdvisoryLock(db, 'busy', async () => 1, { wait: 20 }))).toBe('lock_unavailable');
        expect(await withAdvisoryLock(db, 'other', async () => 1, { wait: 0 })).toBe(1);
      });
    });

    test('a session lock spans transactions and is free afterwards', async () => {
      await withSessionLock(driver, 'job', async (session) => {
        await session.query({ text: "insert into notes (text) values ('in session')" });
      });
      expect(await withSessionLock(driver, 'job', async () => 'again', { wait: 0 })).toBe('again');
      expect(await db.$count(notes)).toBe(1);
    });

    test('serializable transfers at the same time all come through', async () => {
      const move = () =>
        transaction(
          db,
          async (tx) => {
            const [from] = await tx.select().from(accounts).where(eq(accounts.id, 1));
            const [to] = await tx.select().from(accounts).where(eq(accounts.id, 2));
            await tx
              .update(accounts)
              .set({ balance: (from?.balance ?? 0) - 1 })
              .where(eq(accounts.id, 1));
            await tx
              .update(accounts)
              .set({ balance: (to?.balance ?? 0) + 1 })
              .where(eq(accounts.id, 2));
          },
          { isolation: 'serializable', retries: 50 },
        );
      await Promise.all(Array.from({ length: 8 }, move));
      expect(await db.select().from(accounts).orderBy(accounts.id)).toEqual([
        { id: 1, balance: 92 },
        { id: 2, balance: 8 },
      ]);
    });
  },
  { commits: true },
);

describe('retry', () => {
  test('only serialization failures and deadlocks, wherever the code hides', () => {
    const wrapped = (code: string) => new Error('query', { cause: Object.assign(new Error('said'), { code }) });
    expect(isRetryable(wrapped('40001'))).toBe(true);
    expect(isRetryable(wrapped('40P01'))).toBe(true);
    expect(isRetryable(wrapped('23505'))).toBe(false);
    expect(isRetryable('40001')).toBe(false);
  });

  test('pauses grow and are bounded', () => {
    expect(pauseBefore(0, () => 1)).toBe(10);
    expect(pauseBefore(3, () => 1)).toBe(80);
    expect(pauseBefore(40, () => 1)).toBe(1_000);
    expect(pauseBefore(3, () => 0)).toBe(0);
  });
});
