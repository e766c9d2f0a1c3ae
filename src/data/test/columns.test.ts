import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { is, SQL } from 'drizzle-orm';
import { integer, pgTable, snakeCase, text } from 'drizzle-orm/pg-core';
import { engines } from '../../db/test/engines.ts';
import { actorColumns } from '../columns/actor.ts';
import { idTime, newId, prefixedId } from '../columns/prefixed-id.ts';
import { timestamps } from '../columns/timestamps.ts';
import { softDelete } from '../soft-delete/soft-delete.ts';
import { databaseWith, lines } from './schema-database.ts';

const notes = snakeCase.table('notes', {
  id: prefixedId('note').primaryKey(),
  noteBody: text(),
  ...timestamps(),
  ...softDelete({ flag: true }),
  ...actorColumns(),
});
/** Without a casing: the columns name themselves. */
const plain = pgTable('plain', { id: integer('id').primaryKey(), ...timestamps(), ...actorColumns() });

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`columns on ${engine.name} ${engine.unavailable ?? ''}`, () => {
    let it: Awaited<ReturnType<typeof databaseWith>>;
    beforeAll(async () => {
      it = await databaseWith(engine, { notes, plain });
    });
    afterAll(() => it.driver.close());

    const columnsOf = (table: string) =>
      lines(it.driver, `select column_name from information_schema.columns where table_name = '${table}' order by 1`);

    test('are snake_case in the database and camelCase in code', async () => {
      const stamps = ['created_at', 'created_by'];
      expect(await columnsOf('notes')).toEqual([
        ...stamps,
        'deleted',
        'deleted_at',
        'id',
        'note_body',
        'updated_at',
        'updated_by',
      ]);
      expect(await columnsOf('plain')).toEqual([...stamps, 'id', 'updated_at', 'updated_by']);
      const [row] = await it.db.insert(notes).values({ noteBody: 'x' }).returning();
      expect(Object.keys(row ?? {}).sort()).toEqual(
        ['createdAt', 'createdBy', 'deleted', 'deletedAt', 'id', 'noteBody', 'updatedAt', 'updatedBy'].sort(),
      );
    });

    test('updated_at moves with raw SQL, not with an update that changes nothing, and not at a client’s word', async () => {
      await it.driver.script(`insert into plain (id, created_at, updated_at) values (1, '2020-01-01', '2020-01-01')`);
      await it.driver.script('update plain set id = 1');
      expect(await lines(it.driver, "select updated_at < now() - interval '1 year' from plain")).toEqual(['t']);
      await it.driver.script(`update plain set updated_at = '1999-01-01'`);
      expect(
        await lines(
          it.driver,
          `select updated_at > now() - interval '1 minute', created_at < now() - interval '1 year' from plain`,
        ),
      ).toEqual(['t,t']);
    });

    test('updated_at moves within one transaction', async () => {
      await it.driver.transaction(async (tx) => {
        await tx.script(
          `insert into plain (id) values (2); select pg_sleep(0.01); update plain set created_by = 'me' where id = 2`,
        );
        const { rows } = await tx.query({ text: 'select updated_at > created_at from plain where id = 2' });
        expect(rows).toEqual([['t']]);
      });
    });

    test('ids are given by the database as by code, and sort by time', async () => {
      const before = newId('note');
      await Bun.sleep(3);
      const [raw = ''] = await lines(it.driver, `insert into notes (note_body) values ('raw') returning id`);
      await Bun.sleep(3);
      const [row] = await it.db.insert(notes).values({ noteBody: 'code' }).returning({ id: notes.id });
      expect(raw).toMatch(/^note_[0-9a-f]{24}$/);
      expect(row?.id).toMatch(/^note_[0-9a-f]{24}$/);
      const ids = [before, raw, row?.id ?? ''];
      expect(ids.toSorted()).toEqual(ids);
      expect(Math.abs((idTime(raw)?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    test('defaults are written as Postgres prints them, so that a comparison finds no drift', async () => {
      const [live] = await lines(
        it.driver,
        `select pg_get_expr(adbin, adrelid) from pg_attrdef d join pg_attribute a on (a.attrelid, a.attnum) = (d.adrelid, d.adnum)
         where a.attrelid = 'notes'::regclass and attname = 'id'`,
      );
      const text = notes.id.default;
      const declared = is(text, SQL) ? it.db.select({ text }).from(notes).toSQL().sql : '';
      expect(declared).toContain(live ?? 'missing');
    });

    const as = (sub: string) => ({ actor: { settings: { 'request.jwt.claims': JSON.stringify({ sub }) } } });

    test('the actor is whoever is signed in, and can’t be forged', async () => {
      await it.driver.batch(
        [{ text: `insert into notes (id, created_by, updated_by) values ('n1', 'mallory', 'mallory')` }],
        as('ada'),
      );
      await it.driver.batch(
        [{ text: `update notes set note_body = 'y', created_by = 'mallory' where id = 'n1'` }],
        as('bob'),
      );
      expect(await lines(it.driver, `select created_by, updated_by from notes where id = 'n1'`)).toEqual(['ada,bob']);
    });

    test('without claims the statement says the actor', async () => {
      await it.db.insert(notes).values({ id: 'n2', createdBy: 'import' });
      expect(await lines(it.driver, `select created_by, updated_by from notes where id = 'n2'`)).toEqual([
        'import,null',
      ]);
    });
  });
}

describe('ids', () => {
  test('made in code rise strictly, also within a millisecond and when the clock goes back', () => {
    const now = Date.now() + 10_000;
    const ids = Array.from({ length: 2000 }, (_, index) => newId('usr', now - (index % 3)));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(['Usr', 'usr_', '1usr', "u'sr", ''])('refuse the prefix %p', (prefix) => {
    expect(() => prefixedId(prefix)).toThrow(expect.objectContaining({ code: 'id_prefix_invalid' }));
  });

  test('tell their time, and nothing for other text', () => {
    expect(idTime(newId('org_mem'))).toBeInstanceOf(Date);
    expect(idTime('user_2abc')).toBeUndefined();
  });
});
