import { expect, test } from 'bun:test';
import { desc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import { integer, jsonb, json as jsonColumn, pgTable } from 'drizzle-orm/pg-core';
import { json, jsonIndex, jsonPathIndex } from '../jsonb/index.ts';
import { onEngines } from './on-engines.ts';

interface Profile {
  preferences?: { theme?: string | null; size?: number };
  logins?: number;
  tags?: string[];
  addresses?: { city: string; zip?: string }[];
  'odd key\'"\\{}'?: { inner: string };
}

const users = pgTable(
  'users',
  { id: integer().primaryKey(), profile: jsonb().$type<Profile>(), raw: jsonColumn().$type<Profile>() },
  (t) => [
    jsonIndex('users_profile', t.profile),
    jsonPathIndex('users_theme', json(t.profile).at('preferences', 'theme')),
  ],
);

const SCHEMA = `
  create table users (id int primary key, profile jsonb, raw json);
  insert into users values
    (1, '{"preferences":{"theme":"dark","size":12},"logins":3,"tags":["a"],"addresses":[{"city":"Bonn"}]}', '{"logins":1}'),
    (2, '{"preferences":{"theme":null},"logins":20}', null),
    (3, null, null);`;

onEngines('json', SCHEMA, ({ db, driver }) => {
  const profile = json(users.profile);
  const ids = async (where: Parameters<ReturnType<typeof query>['where']>[0]) =>
    (await query().where(where).orderBy(users.id)).map(({ id }) => id);
  const query = () => db.select({ id: users.id }).from(users).$dynamic();
  const changed = async (id: number, change: typeof profile): Promise<Profile | null | undefined> => {
    const [row] = await db.update(users).set({ profile: change }).where(eq(users.id, id)).returning();
    return row?.profile;
  };

  test('the documented example: select, where, order, set', async () => {
    const theme = profile.at('preferences', 'theme');
    expect(await db.select({ theme }).from(users).where(eq(theme, 'dark')).orderBy(theme)).toEqual([{ theme: 'dark' }]);
    await db
      .update(users)
      .set({ profile: profile.at('preferences', 'theme').set('light').at('logins').increment() })
      .where(eq(users.id, 1));
    const [row] = await db.select().from(users).where(eq(users.id, 1));
    expect(row?.profile).toMatchObject({ preferences: { theme: 'light', size: 12 }, logins: 4 });
  });

  test('numbers compare and order as numbers; text comes without quotes', async () => {
    expect(await ids(gt(profile.at('logins'), 5))).toEqual([2]);
    expect(await ids(inArray(profile.at('logins'), [3, 20]))).toEqual([1, 2]);
    const rows = await db
      .select({ id: users.id, city: profile.at('addresses', 0, 'city').text })
      .from(users)
      .orderBy(desc(profile.at('logins')));
    expect(rows.map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(rows[2]?.city).toBe('Bonn');
  });

  test('null and absent are told apart', async () => {
    const theme = profile.at('preferences', 'theme');
    expect(await ids(theme.isJsonNull)).toEqual([2]);
    expect(await ids(isNull(theme))).toEqual([3]);
    expect(await ids(theme.exists)).toEqual([1, 2]);
  });

  test('contains and hasKey', async () => {
    expect(await ids(profile.contains({ preferences: { theme: 'dark' } }))).toEqual([1]);
    expect(await ids(profile.at('tags').contains(['a']))).toEqual([1]);
    expect(await ids(profile.at('addresses', 0).contains({ city: 'Bonn' }))).toEqual([1]);
    expect(await ids(profile.at('preferences').hasKey('size'))).toEqual([1]);
  });

  const changes: readonly [title: string, id: number, change: typeof profile, result: unknown][] = [
    ['set makes missing parents', 3, profile.at('preferences', 'theme').set('x'), { preferences: { theme: 'x' } }],
    ['set makes missing arrays', 3, profile.at('addresses', 0, 'city').set('Ulm'), { addresses: [{ city: 'Ulm' }] }],
    ['set to null', 3, profile.at('preferences', 'theme').set(null), { preferences: { theme: null } }],
    ['set of the whole', 1, profile.set({ logins: 1 }), { logins: 1 }],
    ['set to an expression', 3, profile.at('logins').set(sql`1 + 1`), { logins: 2 }],
    ['remove', 2, profile.at('preferences').remove(), { logins: 20 }],
    ['remove of what is not there', 3, profile.at('logins').remove(), null],
    [
      'append to a missing array',
      2,
      profile.at('tags').append('x', 'y').at('preferences').remove(),
      { logins: 20, tags: ['x', 'y'] },
    ],
    [
      'append of objects',
      1,
      profile.at('addresses').append({ city: 'Ulm' }).at('addresses').remove().at('tags').append('b'),
      { preferences: { theme: 'dark', size: 12 }, logins: 3, tags: ['a', 'b'] },
    ],
    ['increment of nothing', 3, profile.at('preferences', 'size').increment(2), { preferences: { size: 2 } }],
    [
      'increment by a fraction',
      2,
      profile.at('logins').increment(-0.5),
      { preferences: { theme: null }, logins: 19.5 },
    ],
    [
      'merge',
      2,
      profile.merge({ preferences: { theme: 'new', size: 1 }, logins: null }),
      { preferences: { theme: 'new', size: 1 } },
    ],
    [
      'merge removes deep and replaces arrays',
      1,
      profile.merge({ preferences: { size: null }, tags: ['z'], addresses: null, logins: null }),
      { preferences: { theme: 'dark' }, tags: ['z'] },
    ],
    [
      'merge into nothing',
      3,
      profile.at('preferences').merge({ theme: 'a', size: null }),
      { preferences: { theme: 'a' } },
    ],
    [
      'hostile keys are data',
      3,
      profile.at('odd key\'"\\{}', 'inner').set("'; drop table users; --"),
      { 'odd key\'"\\{}': { inner: "'; drop table users; --" } },
    ],
  ];
  for (const [title, id, change, result] of changes) {
    test(title, async () => expect(await changed(id, change)).toEqual(result as Profile));
  }

  test('a hostile path is a parameter, also in where', async () => {
    const path = profile.at('odd key\'"\\{}', 'inner');
    expect(db.select({ path }).from(users).toSQL().sql).not.toContain('odd');
    await changed(3, path.set('x'));
    expect(await ids(eq(path, 'x'))).toEqual([3]);
  });

  test('six changes are one expression that reads the column once', async () => {
    const many = profile
      .at('logins')
      .increment()
      .at('tags')
      .append('x')
      .at('preferences', 'size')
      .set(1)
      .at('preferences', 'theme')
      .set('t')
      .at('addresses')
      .remove()
      .merge({ tags: ['m'] });
    const text = db.update(users).set({ profile: many }).toSQL().sql;
    expect(text.match(/"users"\."profile"/g)?.length).toBe(1);
    expect(await changed(1, many)).toEqual({ logins: 4, tags: ['m'], preferences: { size: 1, theme: 't' } });
  });

  test('a scalar in the way is an error, not overwritten', async () => {
    await db.execute(sql`update users set profile = '{"preferences": "text"}' where id = 1`);
    await expect(changed(1, profile.at('preferences', 'theme').set('x'))).rejects.toThrow();
  });

  test('concurrent increments are not lost, and json columns work', async () => {
    await Promise.all(Array.from({ length: 5 }, () => changed(1, profile.at('logins').increment())));
    expect(await ids(eq(profile.at('logins'), 8))).toEqual([1]);
    await db
      .update(users)
      .set({ raw: json(users.raw).at('logins').increment() })
      .where(eq(users.id, 1));
    expect(await ids(eq(json(users.raw).at('logins'), 2))).toEqual([1]);
  });

  test('grouping by a path', async () => {
    const theme = profile.at('preferences', 'theme');
    const rows = await db.select({ theme, count: sql<number>`count(*)::int` }).from(users).groupBy(theme);
    expect(rows.length).toBe(3);
  });

  test('what has no JSON, and what is no path', async () => {
    expect(() => profile.at('logins').set(10n as unknown as number)).toThrow(
      expect.objectContaining({ code: 'json_value_invalid', field: 'logins' }),
    );
    expect(() => profile.at('logins').increment(Number.NaN)).toThrow(
      expect.objectContaining({ code: 'json_value_invalid' }),
    );
    expect(() => profile.at(1.5 as unknown as 'logins')).toThrow(
      expect.objectContaining({ code: 'json_path_unknown' }),
    );
    // @ts-expect-error: a path that is not in the type does not compile
    profile.at('preferences', 'colour');
    // @ts-expect-error: nor does a value of another type
    expect(() => profile.at('logins').set('three')).not.toThrow();
  });

  test('the declared indexes are the ones that are used', async () => {
    const { migrations } = await declared();
    await driver.script(`${migrations.join(';')};
      insert into users select g, jsonb_build_object('preferences', jsonb_build_object('theme', 'theme' || g), 'logins', g) from generate_series(10, 5000) g;
      analyze users`);
    const plan = async (where: Parameters<ReturnType<typeof query>['where']>[0]) => {
      const rows = await db.execute(sql`explain ${query().where(where)}`);
      return JSON.stringify([...(Array.isArray(rows) ? rows : [])]);
    };
    expect(await plan(profile.at('preferences').contains({ theme: 'theme77' }))).toContain('users_profile');
    expect(await plan(eq(profile.at('preferences', 'theme'), 'theme77'))).toContain('users_theme');
  });
});

/** The SQL drizzle-kit makes of the two declarations. */
async function declared(): Promise<{ readonly migrations: readonly string[] }> {
  const { generateDrizzleJson, generateMigration } = await import('drizzle-kit/api-postgres');
  const statements = await generateMigration(await generateDrizzleJson({}), await generateDrizzleJson({ users }));
  return { migrations: statements.filter((statement) => statement.includes('INDEX')) };
}
