import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { bigint, integer, jsonb, numeric, pgTable, primaryKey, snakeCase, text } from 'drizzle-orm/pg-core';
import { engines } from '../../db/test/engines.ts';
import { activity, retainAudit } from '../audit/activity.ts';
import { audited } from '../audit/audited.ts';
import { history } from '../audit/history.ts';
import { rowAt } from '../audit/time-travel.ts';
import { timestamps } from '../columns/timestamps.ts';
import { objectsOf } from '../objects.ts';
import { softDelete } from '../soft-delete/soft-delete.ts';
import { databaseWith, lines } from './schema-database.ts';

const notes = audited(
  snakeCase.table('notes', {
    id: integer().primaryKey(),
    noteBody: text(),
    price: numeric(),
    big: bigint({ mode: 'bigint' }),
    meta: jsonb().$type<{ tags: string[] }>(),
    passwordHash: text(),
    views: integer().default(0),
    ...timestamps(),
    ...softDelete(),
  }),
  { exclude: ['views'], mask: ['passwordHash'] },
);
const seats = audited(
  pgTable('seats', { hall: text('hall'), nr: integer('nr'), guest: text('guest') }, (t) => [
    primaryKey({ columns: [t.hall, t.nr] }),
  ]),
);
const plain = pgTable('plain', { id: integer('id').primaryKey() });

const later = () => Bun.sleep(3);

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`audit on ${engine.name} ${engine.unavailable ?? ''}`, () => {
    let it: Awaited<ReturnType<typeof databaseWith>>;
    beforeAll(async () => {
      it = await databaseWith(engine, { notes, seats, plain });
    });
    afterAll(() => it.driver.close());
    beforeEach(() => it.driver.script('truncate notes, seats, hutch.audit_log'));

    const as = (sub: string, text: string) =>
      it.driver.batch([{ text }], {
        actor: {
          settings: { 'request.jwt.claims': JSON.stringify({ sub }), 'request.headers': '{"x-request-id":"r-1"}' },
        },
      });

    test('records inserts, updates and deletes of every client, with old and new values decoded as the table’s own', async () => {
      await it.db
        .insert(notes)
        .values({ id: 1, noteBody: 'a', price: '12345678901234567890.50', big: 2n ** 62n, meta: { tags: ['x'] } });
      await as('ada', `update notes set note_body = 'b' where id = 1`);
      await it.driver.script(`set hutch.purge = 'on'; delete from notes where id = 1; reset hutch.purge`);
      const [gone, changed, made, ...rest] = await history(it.db, notes, 1);
      expect(rest).toEqual([]);
      expect(made).toMatchObject({ operation: 'INSERT', old: {}, actor: null, requestId: null });
      expect(made?.new).toMatchObject({
        noteBody: 'a',
        price: '12345678901234567890.50',
        big: 2n ** 62n,
        meta: { tags: ['x'] },
      });
      expect(changed).toMatchObject({
        operation: 'UPDATE',
        actor: 'ada',
        requestId: 'r-1',
        changed: ['noteBody', 'updatedAt'],
      });
      expect(changed?.old).toEqual({ noteBody: 'a', updatedAt: expect.any(Date) });
      expect(changed?.new).toEqual({ noteBody: 'b', updatedAt: expect.any(Date) });
      expect(gone).toMatchObject({ operation: 'DELETE', new: {} });
      expect(gone?.old.noteBody).toBe('b');
      expect(gone?.at).toBeInstanceOf(Date);
      expect(gone?.transaction).not.toBe(changed?.transaction);
    });

    test('excluded columns are not recorded, masked ones only as changed', async () => {
      await it.db.insert(notes).values({ id: 1, passwordHash: 'secret-1' });
      await it.driver.script(`update notes set views = 7 where id = 1`);
      await Bun.sleep(3); // the embedded engine's clock counts milliseconds
      await it.driver.script(`update notes set password_hash = 'secret-2' where id = 1`);
      const [changed, made, ...rest] = await history(it.db, notes, 1);
      expect(rest).toEqual([]);
      expect(changed?.changed).toEqual(['passwordHash', 'updatedAt']);
      expect(changed?.new).not.toHaveProperty('passwordHash');
      expect(made?.new).not.toHaveProperty('views');
      expect((await lines(it.driver, 'select old, new from hutch.audit_log')).join()).not.toContain('secret');
    });

    test('an update that changes nothing leaves no entry', async () => {
      await it.driver.script(`insert into seats values ('a', 1, 'x'); update seats set guest = 'x'`);
      expect(await history(it.db, seats, { hall: 'a', nr: 1 })).toHaveLength(1);
    });

    test('what is rolled back was never recorded', async () => {
      await expect(
        it.db.transaction(async (tx) => {
          await tx.insert(notes).values({ id: 1 });
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      expect(await history(it.db, notes, 1)).toEqual([]);
    });

    test('history comes in pages, also inside a transaction', async () => {
      await it.db.insert(notes).values({ id: 1, noteBody: '0' });
      for (const body of ['1', '2', '3']) await it.db.update(notes).set({ noteBody: body });
      await it.db.transaction(async (tx) => {
        const [first, second] = await history(tx, notes, 1, { limit: 2 });
        const rest = await history(tx, notes, 1, { before: second?.id });
        expect([first, second, ...rest].map((change) => change?.new.noteBody)).toEqual(['3', '2', '1', '0']);
      });
    });

    test('a row as it was at each moment: before it was, between changes, after it was gone, and when it came back', async () => {
      const moments: Date[] = [];
      const steps = [
        '',
        `insert into notes (id, note_body, price) values (1, 'a', 1)`,
        `update notes set note_body = 'b' where id = 1`,
        `update notes set price = null, note_body = 'c' where id = 1`,
        `set hutch.purge = 'on'; delete from notes; reset hutch.purge`,
        `insert into notes (id, note_body) values (1, 'again')`,
      ];
      for (const step of steps) {
        await later();
        if (step) await it.driver.script(step);
        moments.push(new Date());
        await later();
      }
      const states = await Promise.all(moments.map((moment) => rowAt(it.db, notes, 1, moment)));
      expect(states.map((row) => row && `${row.noteBody} ${row.price}`)).toEqual([
        undefined,
        'a 1',
        'b 1',
        'c null',
        undefined,
        'again null',
      ]);
      expect(states[1]).not.toHaveProperty('passwordHash');
      expect(states[1]?.createdAt).toBeInstanceOf(Date);
    });

    test('the moment of an entry is the state after it', async () => {
      await it.driver.script(`insert into seats values ('a', 1, 'x')`);
      await later();
      await it.driver.script(`update seats set guest = 'y'`);
      const key = { hall: 'a', nr: 1 };
      const [second, first] = await history(it.db, seats, key);
      expect((await rowAt(it.db, seats, key, second?.at ?? new Date(0)))?.guest).toBe('y');
      expect((await rowAt(it.db, seats, key, first?.at ?? new Date(0)))?.guest).toBe('x');
    });

    test('a moment before the recording is refused, not guessed', async () => {
      await expect(rowAt(it.db, notes, 1, new Date('2020-01-01'))).rejects.toMatchObject({ code: 'audit_incomplete' });
    });

    test('the past of a column that was renamed goes on under its new name, and one that is gone is left out', async () => {
      const id = integer().primaryKey();
      const before = audited(snakeCase.table('renamed', { id, title: text(), note: text() }));
      const after = audited(snakeCase.table('renamed', { id, heading: text(), title: integer() }));
      await using own = await databaseWith(engine, { before });
      await own.db.insert(before).values({ id: 1, title: 'one', note: 'a' });
      await later();
      const moment = new Date();
      await later();
      await own.db.update(before).set({ title: 'two', note: 'b' });
      await own.driver.script(
        'alter table renamed rename title to heading; alter table renamed drop note; alter table renamed add title int',
      );
      for (const { up } of objectsOf({ after })) await own.driver.script(up);
      await own.db.update(after).set({ heading: 'three', title: 3 });
      expect(await rowAt(own.db, after, 1, moment)).toEqual({ id: 1, heading: 'one', title: null });
      const changes = await history(own.db, after, 1);
      expect(changes.map((it) => [it.old, it.new])).toEqual([
        [
          { heading: 'two', title: null },
          { heading: 'three', title: 3 },
        ],
        [{ heading: 'one' }, { heading: 'two' }],
        [{}, { id: 1, heading: 'one' }],
      ]);
      expect(changes.map((it) => it.changed)).toEqual([['heading', 'title'], ['heading'], ['id', 'heading']]);
    });

    test('activity sums up what somebody did', async () => {
      await as('bob', `insert into notes (id) select generate_series(1, 5)`);
      await as('bob', `update notes set note_body = 'x' where id < 3`);
      await as('bob', `insert into seats values ('a', 1)`);
      await as('eve', `update notes set note_body = 'y'`);
      expect(await activity(it.db, 'bob', 30)).toEqual({
        actor: 'bob',
        days: 30,
        changes: 8,
        tables: [
          { table: 'notes', inserts: 5, updates: 2, deletes: 0, rows: 5, lastAt: expect.any(Date) },
          { table: 'seats', inserts: 1, updates: 0, deletes: 0, rows: 1, lastAt: expect.any(Date) },
        ],
      });
      expect((await activity(it.db, 'nobody', 30)).tables).toEqual([]);
    });

    test('months make themselves and are dropped when they are past keeping', async () => {
      await it.driver.script(`select hutch.audit_partition('2020-05-15Z')`);
      await it.driver.script(
        `insert into hutch.audit_log (at, table_name, row_key, operation, role, txid) values ('2020-05-31 23:59Z', 'notes', '1', 'UPDATE', 'x', 1)`,
      );
      expect(await retainAudit(it.db, '12 months')).toBe(1);
      expect(await lines(it.driver, `select count(*) from hutch.audit_log where at < '2021-01-01'`)).toEqual(['0']);
      // As if the months made ahead were used up: the trigger makes the one it needs.
      await it.driver.script(
        `drop table hutch.audit_log_${(await lines(it.driver, `select to_char(now() at time zone 'UTC', 'YYYY_MM')`))[0]}`,
      );
      await it.driver.session().then(async (session) => {
        await session.script(`set hutch.audit_month = ''; insert into notes (id) values (9)`);
        await session.release();
      });
      expect(await history(it.db, notes, 9)).toHaveLength(1);
    });

    test('nobody but the database writes the log', async () => {
      await it.driver.script(`do $$ begin if not exists (select from pg_roles where rolname = 'hutch_clerk') then create role hutch_clerk; end if; end $$;
        grant insert, update on notes to hutch_clerk; grant usage on schema hutch to hutch_clerk`);
      const actor = { role: 'hutch_clerk' };
      await it.driver.batch([{ text: 'insert into notes (id) values (3)' }], { actor });
      const forge = `insert into hutch.audit_log (table_name, row_key, operation, role, txid) values ('notes', '3', 'UPDATE', 'x', 1)`;
      await expect(it.driver.batch([{ text: forge }], { actor })).rejects.toMatchObject({ code: '42501' });
      await expect(it.driver.batch([{ text: 'delete from hutch.audit_log' }], { actor })).rejects.toMatchObject({
        code: '42501',
      });
      expect((await history(it.db, notes, 3))[0]?.role).toBe('hutch_clerk');
      await it.driver.script('revoke all on notes from hutch_clerk; revoke usage on schema hutch from hutch_clerk');
    });

    test('the log outlives the last declaration while there is something in it', async () => {
      await it.driver.script('insert into notes (id) values (1)');
      await it.driver
        .transaction(async (tx) => {
          await tx.script(
            it.objects
              .toReversed()
              .map((object) => object.down)
              .join(';\n'),
          );
          const { rows } = await tx.query({ text: 'select count(*) from hutch.audit_log', prepare: false });
          expect(rows).toEqual([['1']]);
          throw new Error('undo');
        })
        .catch((error: unknown) => expect(error).toMatchObject({ message: 'undo' }));
    });

    test('mistakes are told', async () => {
      await expect(history(it.db, plain, 1)).rejects.toMatchObject({ code: 'audit_missing' });
      await expect(history(it.db, seats, 1)).rejects.toMatchObject({ code: 'row_key_invalid' });
      await expect(activity(it.db, 'bob', 0)).rejects.toMatchObject({ code: 'age_invalid' });
      // @ts-expect-error the type knows the names, too
      expect(() => audited(plain, { mask: ['idd'] })).toThrow(
        expect.objectContaining({ code: 'audit_unknown_column', hint: 'Did you mean id?' }),
      );
    });
  });
}
