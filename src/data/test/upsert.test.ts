import { expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import * as pg from 'drizzle-orm/pg-core';
import { insertMany, updateMany, upsert } from '../upsert/index.ts';
import { onEngines } from './on-engines.ts';

const mood = pg.pgEnum('mood', ['calm', 'glad']);

const users = pg.snakeCase.table('users', {
  id: pg.serial().primaryKey(),
  email: pg.text().notNull().unique(),
  firstName: pg.varchar({ length: 10 }),
  age: pg.integer().default(7),
  profile: pg.jsonb().$type<{ theme?: string }>(),
  tags: pg.text().array(),
  seenAt: pg.timestamp({ withTimezone: true }),
  avatar: pg.bytea(),
  price: pg.numeric({ precision: 4, scale: 1 }),
  mood: mood(),
  code: pg.text().$defaultFn(() => 'made'),
  touched: pg.integer().$onUpdateFn(() => 1),
  shout: pg.text().generatedAlwaysAs(sql`upper(email)`),
});

const places = pg.snakeCase.table('places', {
  id: pg.integer().primaryKey(),
  city: pg.text().notNull(),
  name: pg.text().notNull(),
  deleted: pg.boolean().notNull().default(false),
  spot: pg.point(),
});

const parted = pg.pgTable('parted', { id: pg.integer().primaryKey(), name: pg.text() });

const numbered = pg.pgTable('numbered', { id: pg.serial().primaryKey() });
const owned = pg.pgTable('owned', { id: pg.integer().primaryKey(), owner: pg.text() });
const loosely = pg.pgTable('loosely', { code: pg.text().unique(), n: pg.integer() });

const SCHEMA = `
  create table numbered (id serial primary key); create table loosely (code text unique, n int);
  create table parted (id int primary key, name text) partition by range (id);
  create table parted_low partition of parted for values from (0) to (1000);
  create table parted_high partition of parted for values from (1000) to (9000);
  create type mood as enum ('calm', 'glad');
  create table users (id serial primary key, email text not null unique, first_name varchar(10), age int default 7,
    profile jsonb, tags text[], seen_at timestamptz, avatar bytea, price numeric(4, 1), mood mood, code text, touched int,
    shout text generated always as (upper(email)) stored, check (age < 1000));
  create table places (id int primary key, city text not null, name text not null, deleted boolean not null default false, spot point);
  create unique index living_places on places (city, name) where not deleted;`;

const email = (index: number) => `user${index}@example.com`;

async function* stream(count: number, more: object = {}) {
  for (let index = 0; index < count; index++) yield { email: email(index), firstName: `n${index}`, ...more };
}

onEngines('upsert', SCHEMA, ({ db, driver }) => {
  test('the documented example: what became of each row, in input order', async () => {
    await upsert(db, users, { email: 'ada@example.com', firstName: 'A' }, { target: users.email });
    const outcome = await upsert(
      db,
      users,
      [
        { email: 'ada@example.com', firstName: 'Ada' },
        { email: 'bob@example.com', firstName: 'Bob' },
      ],
      { target: users.email, onlyIfChanged: true },
    );
    expect(outcome.actions).toEqual(['updated', 'inserted']);
    const again = await upsert(db, users, [{ email: 'ada@example.com', firstName: 'Ada' }], {
      target: users.email,
      onlyIfChanged: true,
    });
    expect(again.actions).toEqual(['unchanged']);
  });

  test('values of every kind survive, also those that look like syntax', async () => {
    const row = {
      email: 'o\'hara\\"\t\n,{}@example.com',
      firstName: null,
      age: -5,
      profile: { theme: 'a"b\\n' },
      tags: ['a,b', '"', '\\', '', 'NULL'],
      seenAt: new Date('2026-01-02T03:04:05.678Z'),
      avatar: Buffer.from([0, 1, 255]),
      mood: 'glad' as const,
    };
    const few = await upsert(db, users, row, { target: users.email, returning: true });
    expect(few.rows[0]).toMatchObject(row);
    const many = await insertMany(
      db,
      users,
      Array.from({ length: 1_200 }, (_, index) => ({ ...row, email: `${row.email}${index}` })),
    );
    expect(many.inserted).toBe(1_200);
    const [last] = await db
      .select()
      .from(users)
      .where(eq(users.email, `${row.email}1199`));
    expect(last).toMatchObject({ ...row, email: `${row.email}1199`, code: 'made', touched: 1 });
  });

  test('fields a row does not give: defaults when inserted, kept when updated', async () => {
    await upsert(db, users, { email: 'a', age: 5 }, { target: users.email });
    const { rows } = await upsert(db, users, [{ email: 'a', firstName: 'x' }, { email: 'b' }], {
      target: users.email,
      returning: { email: users.email, age: users.age, code: users.code },
    });
    expect(rows).toEqual([
      { email: 'a', age: 5, code: 'made' },
      { email: 'b', age: 7, code: 'made' },
    ]);
  });

  test('set: names, values, expressions over both rows; where', async () => {
    await insertMany(db, users, [
      { email: 'a', firstName: 'old', age: 1 },
      { email: 'b', firstName: 'old', age: 50 },
    ]);
    const add = await upsert(
      db,
      users,
      [
        { email: 'a', firstName: 'new', age: 2 },
        { email: 'b', firstName: 'new', age: 2 },
      ],
      {
        target: users.email,
        set: (excluded) => ({ age: sql`${users.age} + ${excluded.age}`, firstName: 'set' }),
        where: sql`${users.age} < 10`,
        returning: { name: users.firstName, age: users.age },
      },
    );
    expect(add.actions).toEqual(['updated', 'unchanged']);
    expect(add.rows).toEqual([
      { name: 'set', age: 3 },
      { name: 'old', age: 50 },
    ]);
    await upsert(db, users, { email: 'b', firstName: 'b', age: 9 }, { target: users.email, set: ['firstName'] });
    expect(await db.select({ name: users.firstName, age: users.age }).from(users).where(eq(users.email, 'b'))).toEqual([
      { name: 'b', age: 50 },
    ]);
  });

  test('targets: key, columns with a predicate, constraint', async () => {
    const rows = [{ id: 1, city: 'Bonn', name: 'Inn' }];
    expect((await upsert(db, places, rows)).actions).toEqual(['inserted']);
    const living = { columns: [places.city, places.name], where: sql`not deleted` } as const;
    expect(
      (
        await upsert(db, places, [{ id: 2, city: 'Bonn', name: 'Inn', spot: [1, 2] }], {
          target: living,
          set: ['spot'],
        })
      ).actions,
    ).toEqual(['updated']);
    expect(
      (
        await upsert(db, places, [{ id: 1, city: 'Bonn', name: 'Inn' }], {
          target: { constraint: 'places_pkey' },
          onlyIfChanged: true,
        })
      ).actions,
    ).toEqual(['unchanged']);
    const same = { id: 1, city: 'Bonn', name: 'Inn', spot: [1, 2] as [number, number] };
    expect((await upsert(db, places, [same], { onlyIfChanged: true })).actions).toEqual(['unchanged']);
  });

  test('partitioned tables', async () => {
    const rows = Array.from({ length: 1_200 }, (_, id) => ({ id, name: 'x' }));
    expect((await upsert(db, parted, rows.slice(0, 1_100))).inserted).toBe(1_100);
    const outcome = await upsert(db, parted, rows);
    expect([outcome.updated, outcome.inserted, outcome.at(0), outcome.at(1_199)]).toEqual([
      1_100,
      100,
      'updated',
      'inserted',
    ]);
    const few = await upsert(db, parted, [{ id: 1, name: 'x' }, { id: 2, name: 'new' }, { id: 5_000 }], {
      onlyIfChanged: true,
      returning: true,
    });
    expect(few.actions).toEqual(['unchanged', 'updated', 'inserted']);
    expect(few.rows[1]).toEqual({ id: 2, name: 'new' });
    expect(
      (
        await updateMany(db, parted, [
          { id: 2, name: 'b' },
          { id: 8_000, name: 'c' },
        ])
      ).actions,
    ).toEqual(['updated', 'missing']);
  });

  test('nothing but the key given: existing rows stay', async () => {
    await insertMany(db, users, { email: 'a' });
    expect((await upsert(db, users, [{ email: 'a' }, { email: 'b' }], { target: users.email })).actions).toEqual([
      'unchanged',
      'inserted',
    ]);
  });

  test('duplicates: an error that names the rows, or the last wins', async () => {
    const twice = [
      { email: 'a', age: 1 },
      { email: 'b', age: 1 },
      { email: 'a', age: 2 },
    ];
    const failing = upsert(db, users, twice, { target: users.email });
    await expect(failing).rejects.toMatchObject({
      code: 'row_duplicate',
      field: 'email',
      details: 'rows[0] and rows[2] have the same email',
    });
    expect(await db.$count(users)).toBe(0);
    const outcome = await upsert(db, users, twice, {
      target: users.email,
      duplicates: 'last',
      returning: { age: users.age },
    });
    expect(outcome.actions).toEqual(['superseded', 'inserted', 'inserted']);
    expect(outcome.rows).toEqual([{ age: 1 }, { age: 2 }]);
  });

  test('unchanged rows are not written: no dead row, no trigger', async () => {
    await insertMany(db, users, stream(50));
    const version = () =>
      db.execute<{ x: string }>(sql`select string_agg(xmin::text || ctid::text, ',' order by id) as x from users`);
    const before = await version();
    const outcome = await upsert(db, users, stream(50), { target: users.email, onlyIfChanged: true });
    expect(outcome.unchanged).toBe(50);
    expect([...(await version())]).toEqual([...before]);
  });

  test('a stream larger than a statement: order, counts, duplicates, mixed shapes', async () => {
    const first = await upsert(db, users, stream(2_500), { target: users.email });
    expect([first.inserted, first.size]).toEqual([2_500, 2_500]);
    const mixed = Array.from({ length: 3_000 }, (_, index) =>
      index % 2 ? { email: email(index) } : { email: email(index), age: index % 900 },
    );
    const outcome = await upsert(db, users, mixed, {
      target: users.email,
      onlyIfChanged: true,
      returning: { email: users.email },
    });
    expect([outcome.at(0), outcome.at(1), outcome.at(2_999)]).toEqual(['updated', 'unchanged', 'inserted']);
    expect(outcome.rows.map((row) => row.email)).toEqual(mixed.map((row) => row.email));
    const doubled = [
      ...Array.from({ length: 1_500 }, (_, index) => ({ email: email(index), age: 1 })),
      { email: email(3), age: 2 },
    ];
    await expect(upsert(db, users, doubled, { target: users.email })).rejects.toMatchObject({
      details: 'rows[3] and rows[1500] have the same email',
    });
    const last = await upsert(db, users, doubled, { target: users.email, duplicates: 'last' });
    expect([last.at(3), last.at(1_500)]).toEqual(['superseded', 'updated']);
  });

  test('a stream that breaks off leaves nothing behind, and the transaction around it lives', async () => {
    const broken = async function* () {
      yield* stream(1_800);
      throw new Error('cable');
    };
    await db.transaction(async (tx) => {
      await tx.insert(users).values({ email: 'before' });
      expect(await upsert(tx, users, broken(), { target: users.email }).catch((error: Error) => error.message)).toBe(
        'cable',
      );
      await tx.insert(users).values({ email: 'after' });
    });
    expect(await db.$count(users)).toBe(2);
    const { rows } = await driver.query({ text: "select count(*) from pg_class where relname like 'hutch_stage%'" });
    expect(rows).toEqual([['0']]);
  });

  // What plain JavaScript could send; the types refuse all of it.
  const sent: Record<string, unknown> = {};
  const bad: readonly [title: string, rows: readonly object[], error: object][] = [
    ['no rows', [], { code: 'rows_empty', field: 'rows' }],
    [
      'an unknown column',
      [{ email: 'a' }, { email: 'b', frstName: 'x' }],
      { code: 'row_unknown_column', field: 'frstName', hint: 'Did you mean firstName?' },
    ],
    ['a generated column', [{ email: 'a', shout: 'A' }], { code: 'row_unknown_column', field: 'shout' }],
    ['a string for a number', [{ email: 'a', age: '5' }], { code: 'row_invalid_value', field: 'age' }],
    ['a fraction', [{ email: 'a', age: 1.5 }], { code: 'row_invalid_value', field: 'age' }],
    ['too great a number', [{ email: 'a', age: 2 ** 31 }], { code: 'row_invalid_value', field: 'age' }],
    ['too long a text', [{ email: 'a', firstName: 'x'.repeat(11) }], { code: 'row_invalid_value', field: 'firstName' }],
    ['no value of the enum', [{ email: 'a', mood: 'sad' }], { code: 'row_invalid_value', field: 'mood' }],
    ['null where none may be', [{ email: null }], { code: 'row_invalid_value', field: 'email' }],
    ['a missing required field', [{ age: 1 }], { code: 'row_invalid_value', field: 'email' }],
    ['no date', [{ email: 'a', seenAt: 'yesterday-ish' }], { code: 'row_invalid_value', field: 'seenAt' }],
    ['no day', [{ email: 'a', seenAt: '2026-13-45' }], { code: 'row_invalid_value', field: 'seenAt' }],
    ['no number', [{ email: 'abc', price: 'abc' }], { code: 'row_invalid_value', field: 'price' }],
    ['a number with too many digits', [{ email: 'a', price: '12345' }], { code: 'row_invalid_value', field: 'price' }],
    ['a NUL', [{ email: 'a\0' }], { code: 'row_invalid_value', field: 'email' }],
    ['what a check refuses', [{ email: 'a', age: 1000 }], { code: 'row_invalid_value', field: 'users_age_check' }],
    ['no row at all', [[]].map(() => 5 as unknown as object), { code: 'row_invalid_value', field: 'rows' }],
  ];
  for (const [title, rows, error] of bad) {
    test(`refuses ${title}, and writes nothing`, async () => {
      const input = rows.map((row) =>
        typeof row === 'object' ? { ...sent, ...row } : row,
      ) as (typeof users.$inferInsert)[];
      await expect(upsert(db, users, input, { target: users.email })).rejects.toMatchObject(error);
      expect(await db.$count(users)).toBe(0);
    });
  }

  test('a wrong value deep in a large input is named too', async () => {
    const rows = Array.from({ length: 1_500 }, (_, index) => ({ email: email(index), seenAt: new Date() }));
    const wrong = [...rows, { email: 'x', profile: {}, tags: ['a'], seenAt: 'never' }] as (typeof users.$inferInsert)[];
    await expect(upsert(db, users, wrong, { target: users.email })).rejects.toMatchObject({
      code: 'row_invalid_value',
      field: 'seenAt',
    });
    expect(await db.$count(users)).toBe(0);
  });

  test('a target without a unique index, and an unknown constraint', async () => {
    const row = { email: 'a', firstName: 'b' };
    await expect(upsert(db, users, row, { target: users.firstName })).rejects.toMatchObject({
      code: 'target_not_unique',
      field: 'target',
    });
    await expect(upsert(db, users, row, { target: { constraint: 'users_emial_key' } })).rejects.toMatchObject({
      hint: 'Did you mean users_email_key?',
    });
    await expect(upsert(db, users, row, { target: [] })).rejects.toMatchObject({ code: 'target_not_unique' });
  });

  test('another unique index than the target is a conflict', async () => {
    await insertMany(db, users, { id: 1, email: 'a' });
    await expect(upsert(db, users, { id: 1, email: 'b' }, { target: users.email })).rejects.toMatchObject({
      code: 'row_conflict',
      field: 'users_pkey',
    });
  });
});

onEngines('insertMany and updateMany', SCHEMA, ({ db, driver }) => {
  test('the documented example of insertMany', async () => {
    const { rows } = await insertMany(db, users, [{ email: 'ada@example.com' }, { email: 'bob@example.com' }], {
      returning: { email: users.email, age: users.age },
    });
    expect(rows).toEqual([
      { email: 'ada@example.com', age: 7 },
      { email: 'bob@example.com', age: 7 },
    ]);
  });

  test('a large insert of several shapes: defaults, text that looks like syntax, and what is wrong is named', async () => {
    const text = 'tab\t, line\n, \\N, ünï';
    const rows = Array.from({ length: 1500 }, (_, index) =>
      index % 3 === 0
        ? { email: email(index) }
        : { email: email(index), age: index % 900, tags: [text], seenAt: new Date(index) },
    );
    const outcome = await insertMany(db, users, rows);
    expect([outcome.size, outcome.inserted, outcome.at(1499)]).toEqual([1500, 1500, 'inserted']);
    const found = await db
      .select()
      .from(users)
      .orderBy(users.email)
      .where(sql`email in (${email(3)}, ${email(4)})`);
    expect(found).toMatchObject([
      { age: 7, code: 'made', tags: null },
      { age: 4, tags: [text], seenAt: new Date(4), shout: email(4).toUpperCase() },
    ]);
    const fresh = (index: number) => ({ email: `new${index}@example.com`, age: index });
    await expect(
      insertMany(
        db,
        users,
        Array.from({ length: 1200 }, (_, index) => fresh(index)),
      ),
    ).rejects.toMatchObject({
      code: 'row_invalid_value', // the table's check says that nobody is 1,000
    });
    await expect(insertMany(db, users, rows)).rejects.toMatchObject({ code: 'row_conflict' });
    expect(await db.$count(users)).toBe(1500);
    expect(
      (
        await insertMany(
          db,
          numbered,
          Array.from({ length: 1100 }, () => ({})),
        )
      ).inserted,
    ).toBe(1100);
    expect(await db.$count(numbered)).toBe(1100);
  });

  test('a large insert where policies hold: COPY would be refused', async () => {
    await driver.script(`create table owned (id int primary key, owner text); alter table owned enable row level security;
      create policy own on owned using (owner = 'me'); create role hutch_inserter; grant all on owned to hutch_inserter`);
    const rows = (owner: string) => Array.from({ length: 1100 }, (_, id) => ({ id, owner }));
    const acting = (owner: string) =>
      db.transaction(async (tx) => {
        await tx.execute('set local role hutch_inserter');
        return insertMany(tx, owned, rows(owner));
      });
    await expect(acting('you')).rejects.toMatchObject({ cause: { code: '42501' } });
    expect((await acting('me')).inserted).toBe(1100);
  });

  test('rows of one shape but for a null in the key', async () => {
    const keyed = [{ id: null, name: 'a' }, ...Array.from({ length: 1100 }, (_, id) => ({ id, name: 'b' }))];
    // @ts-expect-error the type knows that the key can't be null
    await expect(upsert(db, parted, keyed)).rejects.toMatchObject({ code: 'row_invalid_value', field: 'id' });
    await expect(updateMany(db, users, [{ email: 'x', age: 1 }], { key: users.id })).rejects.toMatchObject({
      code: 'row_missing_key',
    });
    const loose = await upsert(
      db,
      loosely,
      [{ code: null, n: 1 }, ...keyed.slice(1).map(({ id }) => ({ code: `c${id}`, n: 1 }))],
      {
        target: loosely.code,
      },
    );
    expect(loose.inserted).toBe(1101);
    const again = await upsert(
      db,
      loosely,
      [
        { code: null, n: 1 },
        { code: 'c1', n: 2 },
      ],
      { target: loosely.code },
    );
    expect(again.actions).toEqual(['inserted', 'updated']);
  });

  test('rows that exist are an error, or left alone when asked', async () => {
    await insertMany(db, users, { email: 'a' });
    await expect(insertMany(db, users, [{ email: 'b' }, { email: 'a' }])).rejects.toMatchObject({
      code: 'row_conflict',
      field: 'users_email_key',
    });
    const outcome = await insertMany(db, users, [{ email: 'b' }, { email: 'a' }], { ignore: users.email });
    expect(outcome.actions).toEqual(['inserted', 'unchanged']);
  });

  test('updateMany: different values for different keys; missing keys are told', async () => {
    const { rows } = await insertMany(db, users, [{ email: 'a' }, { email: 'b' }], { returning: { id: users.id } });
    const [a, b] = rows;
    const outcome = await updateMany(
      db,
      users,
      [
        { id: a?.id, age: 1 },
        { id: 0, age: 5 },
        { id: b?.id, firstName: 'Bee' },
      ],
      {
        returning: { email: users.email, age: users.age, touched: users.touched },
      },
    );
    expect(outcome.actions).toEqual(['updated', 'missing', 'updated']);
    expect(outcome.rows).toEqual([
      { email: 'a', age: 1, touched: 1 },
      { email: 'b', age: 7, touched: 1 },
    ]);
    const again = await updateMany(
      db,
      users,
      [
        { email: 'a', age: 1 },
        { email: 'b', age: 2 },
      ],
      { key: users.email, onlyIfChanged: true },
    );
    expect(again.actions).toEqual(['unchanged', 'updated']);
  });

  test('updateMany of a stream', async () => {
    await insertMany(db, users, stream(2_000));
    const outcome = await updateMany(db, users, stream(2_100, { age: 3 }), { key: users.email });
    expect([outcome.updated, outcome.count('missing'), outcome.at(2_050)]).toEqual([2_000, 100, 'missing']);
  });

  test('updateMany refuses rows without their key, and rows with nothing else', async () => {
    await expect(updateMany(db, users, [{ age: 1 }])).rejects.toMatchObject({ code: 'row_missing_key', field: 'id' });
    await expect(updateMany(db, users, [{ id: 1 }])).rejects.toMatchObject({
      code: 'row_invalid_value',
      field: 'rows',
    });
  });
});
