import { afterAll, describe, expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { integer, pgTable, serial, text } from 'drizzle-orm/pg-core';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import type { Driver } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import { testDatabase } from '../index.ts';

const users = pgTable('users', { id: serial().primaryKey(), email: text().notNull().unique(), age: integer() });

const setup = (driver: Driver) =>
  driver.script(`
    create table users (id serial primary key, email text not null unique, age int);
    create table orders (id int primary key, user_id int references users deferrable initially deferred);
    insert into users (email) values ('seed@example.com')`);

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`${engine.name}: rolled back`, () => {
    const { db, driver } = testDatabase({ open: engine.open, project: false, setup });

    for (const round of [1, 2]) {
      test(`a test sees the seed and nothing of another (${round})`, async () => {
        expect(await db.$count(users)).toBe(1);
        await db.insert(users).values({ email: 'ada@example.com' });
        expect(await db.$count(users)).toBe(2);
      });
    }

    test('a failing statement leaves the rest alive, as with autocommit', async () => {
      await expect(db.insert(users).values({ email: 'seed@example.com' }).execute()).rejects.toThrow();
      expect(await db.$count(users)).toBe(1);
    });

    test('a transaction of the code under test rolls back alone', async () => {
      const failing = db.transaction(async (tx) => {
        await tx.insert(users).values({ email: 'a' });
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await db.transaction(async (tx) => {
        await tx.insert(users).values({ email: 'b' });
        await tx.transaction((inner) => inner.insert(users).values({ email: 'c' }));
      });
      expect((await db.select().from(users)).map(({ email }) => email)).toEqual(['seed@example.com', 'b', 'c']);
    });

    test('transactions at the same time take turns; what is done beside tx inside one joins it', async () => {
      const one = (email: string) =>
        db.transaction(async (tx) => {
          await tx.insert(users).values({ email });
          await db.insert(users).values({ email: `${email}+outside` });
          if (email === 'x') throw new Error('x');
        });
      await Promise.allSettled([one('x'), one('y'), one('z')]);
      expect(await db.$count(users)).toBe(5);
    });

    test('a deferred constraint is checked where the transaction would commit', async () => {
      const orphan = db.transaction((tx) => tx.execute(sql`insert into orders values (1, 99)`));
      await expect(orphan).rejects.toThrow();
      await db.transaction(async (tx) => {
        await tx.execute(sql`insert into orders values (1, 77)`);
        await tx.insert(users).values({ id: 77, email: 'late' });
      });
      expect(await db.$count(users, eq(users.id, 77))).toBe(1);
    });

    test("a transaction's role and settings end with it", async () => {
      await driver.transaction((tx) => tx.query({ text: 'select 1' }), { actor: { settings: { 'app.who': 'ada' } } });
      const { rows } = await driver.query({ text: "select current_setting('app.who', true)" });
      expect(rows[0]?.[0] ?? '').toBe('');
    });

    test('a batch that fails writes nothing; one that ends in rollback neither', async () => {
      const insert = { text: "insert into users (email) values ('batch')" };
      await expect(driver.batch([insert, { text: 'select 1/0' }])).rejects.toThrow();
      const [result] = await driver.batch([insert], { end: 'rollback' });
      expect(result?.count).toBe(1);
      expect(await db.$count(users)).toBe(1);
    });

    test('read only means so', async () => {
      const writing = driver.transaction((tx) => tx.query({ text: 'delete from users' }), { readOnly: true });
      await expect(writing).rejects.toMatchObject({ code: '25006' });
      expect(await db.$count(users)).toBe(1);
    });

    test('isolation is there already: nobody else writes', async () => {
      const settings = { isolationLevel: 'serializable', accessMode: 'read write', deferrable: true } as const;
      await db.transaction((tx) => tx.update(users).set({ age: 1 }), settings);
      expect(await db.$count(users, eq(users.age, 1))).toBe(1);
      const reading = db.transaction((tx) => tx.delete(users), {
        isolationLevel: 'repeatable read',
        accessMode: 'read only',
      });
      await expect(reading).rejects.toMatchObject({ cause: { code: '25006' } });
    });

    for (const text of [
      'begin; delete from users; commit',
      'COMMIT',
      '/* so */ rollback',
      'start transaction',
      'end',
    ]) {
      test(`SQL that would end the world is refused: ${text}`, async () => {
        await expect(driver.script(text)).rejects.toMatchObject({ code: 'test_transaction' });
        await expect(driver.query({ text })).rejects.toMatchObject({ code: 'test_transaction' });
        expect(await db.$count(users)).toBe(1);
      });
    }

    test('LISTEN keeps nobody waiting, and hears nothing', async () => {
      const unlisten = await driver.listen('news', () => expect.unreachable());
      await driver.notify('news', 'hello');
      await unlisten();
    });

    test('COPY in and out', async () => {
      await driver.copyIn('copy users (email) from stdin', [Buffer.from('one\ntwo\n')]);
      const chunks = await Array.fromAsync(driver.copyOut('copy (select email from users order by id) to stdout'));
      expect(Buffer.concat(chunks).toString()).toBe('seed@example.com\none\ntwo\n');
    });
  });

  describe.skipIf(engine.unavailable !== undefined)(`${engine.name}: committed`, () => {
    const { db, driver } = testDatabase({ open: engine.open, project: false, setup, commits: true });

    for (const round of [1, 2]) {
      test(`commits are real, and undone before the next test (${round})`, async () => {
        const other = drizzleOver(driver);
        expect(await db.select().from(users)).toEqual([{ id: 1, email: 'seed@example.com', age: null }]);
        await db.update(users).set({ age: 5 });
        await db.insert(users).values({ email: 'ada' });
        await driver.script('create table extra (id int); create view v as select 1; insert into orders values (1, 1)');
        expect((await other.select().from(users)).length).toBe(2);
      });
    }

    test('sequences are back, and what was made is gone', async () => {
      const [ada] = await db.insert(users).values({ email: 'ada' }).returning();
      expect(ada?.id).toBe(2);
      const { rows } = await driver.query({
        text: "select to_regclass('extra'), to_regclass('v'), (select count(*) from orders)",
      });
      expect(rows).toEqual([[null, null, '0']]);
    });

    test('NOTIFY is delivered', async () => {
      const heard = Promise.withResolvers<string>();
      const unlisten = await driver.listen('news', heard.resolve);
      await driver.notify('news', 'hello');
      expect(await heard.promise).toBe('hello');
      await unlisten();
    });
  });
}

describe('misuse', () => {
  const { driver } = testDatabase({ project: false });
  afterAll(() => {
    expect(() => driver.version).toThrow('outside a test');
  });
  test('inside a test it works', () => expect(driver.version).not.toBe(''));
});
