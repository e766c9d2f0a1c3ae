import { describe, expect, test } from 'bun:test';
import { and, count, eq, gte, sql, TransactionRollbackError } from 'drizzle-orm';
import { actAs, active, activity, afterCommit, history, purge, restore, rowAt, softDelete, transaction } from 'hutch';
import { openSession } from '../src/accounts.ts';
import { prompts, sessions } from '../src/schema/sessions.ts';
import { users } from '../src/schema/users.ts';
import { assistantDatabase } from './database.ts';

const { db } = assistantDatabase({
  setup: (driver) => driver.script(`insert into claude_code_users (id, email) values ('user_1', 'user1@company.com')`),
});

describe('Transactions', () => {
  test('user, session and welcome prompt, with what is to happen once they are there', async () => {
    const sent: string[] = [];
    const result = await transaction(db, async (tx) => {
      const [user] = await tx.insert(users).values({ email: 'ada@company.com', name: 'Ada' }).returning();
      const session = await openSession(tx, user?.id ?? '');
      afterCommit(tx, () => void sent.push('welcome mail'));
      expect(sent).toEqual([]);
      return { user, session };
    });
    expect(sent).toEqual(['welcome mail']);
    const [prompt] = await db.select().from(prompts).where(eq(prompts.sessionId, result.session.id));
    expect(prompt).toMatchObject({ content: 'Welcome to Claude Code!', userId: result.user?.id });
  });

  test('Transaction with rollback', async () => {
    const attempt = db.transaction(async (tx) => {
      await tx.insert(users).values({ email: 'ada@company.com' });
      tx.rollback();
    });
    expect(await attempt.catch((error: unknown) => error)).toBeInstanceOf(TransactionRollbackError);
    expect(await db.$count(users)).toBe(1);
  });

  test('a later statement that fails takes the earlier ones with it', async () => {
    const attempt = db.transaction(async (tx) => {
      await tx.insert(users).values({ email: 'ada@company.com' });
      await tx.insert(sessions).values({ userId: 'user_0', title: 'of nobody' });
    });
    expect(await attempt.catch((error: unknown) => error)).toMatchObject({ cause: { code: '23503' } });
    expect(await db.$count(users)).toBe(1);
  });
});

describe('Raw SQL Queries', () => {
  interface UserStats extends Record<string, unknown> {
    id: string;
    email: string;
    session_count: number;
  }

  test('with parameters, and rows of the type that was said', async () => {
    await openSession(db, 'user_1');
    const stats = await db.execute<UserStats>(sql`
      select u.id, u.email, count(s.id)::int as session_count
      from claude_code_users u
      left join claude_code_sessions s on u.id = s.user_id
      where u.created_at >= ${new Date('2024-01-01')}
      group by u.id
      order by session_count desc
      limit ${10}`);
    expect([...stats]).toEqual([{ id: 'user_1', email: 'user1@company.com', session_count: 1 }]);
  });

  test('the same without raw SQL: the types are the schema’s', async () => {
    await openSession(db, 'user_1');
    const stats = await db
      .select({ id: users.id, email: users.email, sessionCount: count(sessions.id) })
      .from(users)
      .leftJoin(sessions, eq(users.id, sessions.userId))
      .where(and(gte(users.createdAt, new Date('2024-01-01'))))
      .groupBy(users.id);
    expect(stats).toEqual([{ id: 'user_1', email: 'user1@company.com', sessionCount: 1 }]);
  });
});

describe('Soft Delete Pattern', () => {
  test('Soft delete, Query non-deleted, and the way back', async () => {
    const session = await openSession(db, 'user_1');
    await softDelete(db, users, 'user_1');
    expect(await db.select().from(users).where(active(users))).toEqual([]);
    await restore(db, users, 'user_1');
    expect(await db.$count(prompts, active(prompts, eq(prompts.sessionId, session.id)))).toBe(1);
  });

  test('by hand, as it was written: the same to the database', async () => {
    await openSession(db, 'user_1');
    await db.update(users).set({ deletedAt: new Date() }).where(eq(users.id, 'user_1'));
    expect(await db.$count(sessions, active(sessions))).toBe(0);
  });

  test('the address is free again, and a deleted account takes no new sessions', async () => {
    await softDelete(db, users, 'user_1');
    await db.insert(users).values({ email: 'user1@company.com' });
    const refused = await openSession(db, 'user_1').catch((error: unknown) => error);
    expect(refused).toMatchObject({ cause: { code: '23503' } });
  });

  test('for good after thirty days', async () => {
    await db
      .update(users)
      .set({ deletedAt: new Date('2024-01-01') })
      .where(eq(users.id, 'user_1'));
    expect(await purge(db, users, { olderThan: '30 days' })).toBe(1);
    expect(await db.$count(users)).toBe(0);
  });
});

describe('Audit Trail Pattern', () => {
  test('is written by the database, whoever changes the row: who, what, before and after', async () => {
    const before = new Date();
    await Bun.sleep(2);
    await db.transaction(async (tx) => {
      await actAs(tx, { role: 'authenticated', settings: { 'request.jwt.claims': '{"sub":"user_1"}' } });
      await tx.update(users).set({ name: 'Ada', email: 'ada@company.com' }).where(eq(users.id, 'user_1'));
    });
    const [change] = await history(db, users, 'user_1');
    expect(change).toMatchObject({
      operation: 'UPDATE',
      actor: 'user_1',
      role: 'authenticated',
      old: { name: null },
      new: { name: 'Ada' },
    });
    expect(change?.changed).toContain('email');
    expect(JSON.stringify(change)).not.toContain('@company.com');
    expect((await rowAt(db, users, 'user_1', before))?.name).toBeNull();
    expect(await activity(db, 'user_1', 30)).toMatchObject({ changes: 1, tables: [{ table: 'claude_code_users' }] });
  });

  test('is rolled back with the change that it tells of', async () => {
    const attempt = db.transaction(async (tx) => {
      await tx.update(users).set({ name: 'Ada' }).where(eq(users.id, 'user_1'));
      tx.rollback();
    });
    await attempt.catch(() => undefined);
    expect(await history(db, users, 'user_1')).toMatchObject([{ operation: 'INSERT' }]);
  });
});
