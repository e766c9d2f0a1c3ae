import { describe, expect, test } from 'bun:test';
import { and, desc, eq, gte, inArray, like, lt, sql } from 'drizzle-orm';
import { active, insertMany, json, page, softDelete, upsert } from 'hutch';
import { openSession, rotateToken, signIn, TokenMismatch } from '../src/accounts.ts';
import { sessions } from '../src/schema/sessions.ts';
import { users } from '../src/schema/users.ts';
import { assistantDatabase } from './database.ts';

const { db, driver } = assistantDatabase({
  setup: (driver) =>
    driver.script(`insert into claude_code_users (id, email, name, created_at) values
      ('user_1', 'user1@company.com', 'User 1', '2024-02-01Z'), ('user_2', 'user2@example.com', 'User 2', '2024-03-01Z')`),
});
const LIVING = { columns: users.email, where: sql`deleted_at is null` } as const;

describe('Create (INSERT)', () => {
  test('Single insert', async () => {
    const newUser = await db
      .insert(users)
      .values({ id: 'user_123', email: 'user@example.com', name: 'John Doe' })
      .returning();
    expect(newUser).toMatchObject([{ id: 'user_123', email: 'user@example.com', deletedAt: null }]);
    expect(newUser[0]?.createdAt).toBeInstanceOf(Date);
  });

  test('Bulk insert', async () => {
    const newUsers = await db
      .insert(users)
      .values([
        { id: 'user_3', email: 'user3@example.com', name: 'User 3' },
        { id: 'user_4', email: 'user4@example.com', name: 'User 4' },
      ])
      .returning();
    expect(newUsers.map((it) => it.id)).toEqual(['user_3', 'user_4']);
  });

  test('Bulk insert of more rows than a statement has parameters for', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => ({ email: `${i}@example.com`, name: `User ${i}` }));
    expect((await insertMany(db, users, many)).inserted).toBe(20_000);
  });

  test('Insert with conflict handling: Drizzle’s own', async () => {
    const lastLoginAt = new Date('2026-01-01Z');
    const [user] = await db
      .insert(users)
      .values({ email: 'user1@company.com', name: 'Renamed' })
      .onConflictDoUpdate({ target: users.email, targetWhere: LIVING.where, set: { name: 'Renamed', lastLoginAt } })
      .returning();
    expect(user).toMatchObject({ id: 'user_1', name: 'Renamed', lastLoginAt });
  });

  test('Upsert Pattern: says what became of each row, and writes nothing where nothing changes', async () => {
    const outcome = await upsert(
      db,
      users,
      [
        { email: 'user1@company.com', name: 'Renamed' },
        { email: 'user2@example.com', name: 'User 2' },
        { email: 'new@example.com', name: 'New' },
      ],
      { target: LIVING, set: (excluded) => ({ name: excluded.name }), onlyIfChanged: true },
    );
    expect(outcome.actions).toEqual(['updated', 'unchanged', 'inserted']);
  });

  test('signing in twice is one account with a new token', async () => {
    const first = await signIn(db, { email: 'ada@company.com', name: 'Ada' });
    const second = await signIn(db, { email: 'ada@company.com' });
    expect(second).toMatchObject({ id: first.id, name: 'Ada' });
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(second.lastLoginAt.getTime()).toBeGreaterThanOrEqual(first.lastLoginAt.getTime());
  });
});

describe('Read (SELECT)', () => {
  test('Find by ID', async () => {
    const user = await db.query.users.findFirst({ where: { id: 'user_1' } });
    expect(user?.email).toBe('user1@company.com');
    expect(await db.query.users.findFirst({ where: { id: 'user_0' } })).toBeUndefined();
  });

  test('Find with conditions', async () => {
    const activeUsers = await db
      .select()
      .from(users)
      .where(and(gte(users.lastLoginAt, new Date('2024-01-01')), like(users.email, '%@company.com')))
      .orderBy(desc(users.createdAt));
    expect(activeUsers.map((it) => it.id)).toEqual(['user_1']);
  });

  test('With relations', async () => {
    for (let i = 1; i <= 12; i++) {
      await db.insert(sessions).values({ userId: 'user_1', title: `Session ${i}`, createdAt: new Date(2026, 0, i) });
    }
    const userWithSessions = await db.query.users.findFirst({
      where: { id: 'user_1' },
      with: { sessions: { orderBy: { createdAt: 'desc' }, limit: 10 } },
    });
    expect(userWithSessions?.sessions.map((it) => it.title).slice(0, 2)).toEqual(['Session 12', 'Session 11']);
    expect(userWithSessions?.sessions).toHaveLength(10);
  });

  test('Pagination: by keyset, so page 1,000 costs what page 1 does', async () => {
    await insertMany(
      db,
      users,
      Array.from({ length: 30 }, (_, i) => ({ email: `${i}@example.com` })),
    );
    const first = await page(db, users, { order: { desc: users.createdAt }, limit: 20, count: 'exact' });
    const second = await page(db, users, { order: { desc: users.createdAt }, limit: 20, after: first.next });
    expect([first.rows.length, first.count, second.rows.length, second.next]).toEqual([20, 32, 12, null]);
    expect(new Set([...first.rows, ...second.rows].map((it) => it.id)).size).toBe(32);
  });

  test('Pagination: by offset, as it was', async () => {
    const rows = await db.select().from(users).orderBy(users.id).limit(1).offset(1);
    expect(rows.map((it) => it.id)).toEqual(['user_2']);
  });

  test('Count total', async () => {
    const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(users);
    expect(row?.count).toBe(2);
    expect(await db.$count(users)).toBe(2);
  });
});

describe('Update', () => {
  test('Update single record; updatedAt needs no line', async () => {
    const [updatedUser] = await db
      .update(users)
      .set({ name: 'New Name', lastLoginAt: new Date() })
      .where(eq(users.id, 'user_1'))
      .returning();
    expect(updatedUser?.name).toBe('New Name');
    expect(updatedUser?.updatedAt.getTime()).toBeGreaterThanOrEqual(updatedUser?.createdAt.getTime() ?? 0);
  });

  test('Update with JSON operations: typed, and the missing parent is made', async () => {
    const [updated] = await db
      .update(users)
      .set({ metadata: json(users.metadata).at('preferences', 'theme').set('dark') })
      .where(eq(users.id, 'user_1'))
      .returning();
    expect(updated?.metadata).toEqual({ preferences: { theme: 'dark' } });
    const found = await db
      .select({ id: users.id })
      .from(users)
      .where(eq(json(users.metadata).at('preferences', 'theme'), 'dark'));
    expect(found).toEqual([{ id: 'user_1' }]);
    // @ts-expect-error a theme that there is not
    json(users.metadata).at('preferences', 'theme').set('purple');
  });

  test('jsonb_set as it was written makes no parent, and says nothing', async () => {
    const [updated] = await db
      .update(users)
      .set({ metadata: sql`jsonb_set(coalesce(metadata, '{}'::jsonb), '{preferences,theme}', '"dark"')` })
      .where(eq(users.id, 'user_1'))
      .returning();
    expect(updated?.metadata).toEqual({});
  });

  test('Conditional update: a refresh token is worth one use', async () => {
    const { id, refreshToken } = await signIn(db, { email: 'ada@company.com' });
    const next = await rotateToken(db, id, refreshToken ?? '');
    expect(await rotateToken(db, id, refreshToken ?? '').catch((error: unknown) => error)).toBeInstanceOf(
      TokenMismatch,
    );
    expect(await rotateToken(db, id, next)).not.toBe(next);
  });
});

describe('Delete', () => {
  test('Delete single record: softly, and the row comes back as from any other change', async () => {
    const deletedUser = await softDelete(db, users, 'user_1');
    expect(deletedUser).toMatchObject([{ id: 'user_1', deletedAt: expect.any(Date) }]);
    expect(await db.$count(users, active(users))).toBe(1);
  });

  test('DELETE itself, from whichever client, is soft too', async () => {
    await driver.script(`delete from claude_code_users where id = 'user_1'`);
    expect(await db.query.users.findFirst({ where: { id: 'user_1' } })).toMatchObject({ deletedAt: expect.any(Date) });
  });

  test('Delete with conditions', async () => {
    const thirtyDaysAgo = new Date(Date.now() - 30 * 86_400_000);
    await db.insert(sessions).values([
      { userId: 'user_1', title: 'old', lastActiveAt: new Date(2024, 0, 1) },
      { userId: 'user_1', title: 'new' },
      { userId: 'user_2', title: 'of another', lastActiveAt: new Date(2024, 0, 1) },
    ]);
    const deletedSessions = await softDelete(
      db,
      sessions,
      and(eq(sessions.userId, 'user_1'), lt(sessions.lastActiveAt, thirtyDaysAgo)) ?? sql`false`,
    );
    expect(deletedSessions.map((it) => it.title)).toEqual(['old']);
  });

  test('Cascade delete: the foreign keys say so, and no code has to', async () => {
    const session = await openSession(db, 'user_1');
    await softDelete(db, users, 'user_1');
    expect(await db.$count(sessions, active(sessions, eq(sessions.userId, 'user_1')))).toBe(0);
    const kept = await db.query.sessions.findFirst({ where: { id: session.id }, with: { prompts: true } });
    expect(kept?.prompts).toMatchObject([{ deletedAt: kept?.deletedAt }]);
    expect(await db.$count(users, inArray(users.id, ['user_1', 'user_2']))).toBe(2);
  });
});
