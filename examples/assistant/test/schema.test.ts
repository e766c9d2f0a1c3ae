import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import { explain, idTime } from 'hutch';
import { testDatabase } from 'hutch/testing';
import { dbOver, openDb } from '../src/db.ts';
import { checkDatabaseHealth, getMigrationStatus } from '../src/health.ts';
import { type NewUser, type User, users } from '../src/schema/users.ts';
import { assistantDatabase } from './database.ts';

const { db, driver } = assistantDatabase();
const ada: NewUser = { email: 'ada@company.com' };

describe('Database Configuration', () => {
  test('one call opens the server of DATABASE_URL, or an embedded Postgres', async () => {
    const own = await openDb(process.env.TEST_DATABASE_URL);
    expect(await own.db.execute(sql`select 1 as one`)).toMatchObject([{ one: 1 }]);
    await own.driver.close();
  });
});

describe('Example Schema (users.ts)', () => {
  test('columns are snake_case in the database, without a name written twice', async () => {
    const columns = await db.execute<{ name: string }>(
      sql`select column_name as name from information_schema.columns where table_name = 'claude_code_users' order by ordinal_position`,
    );
    expect(columns.map((it) => it.name)).toEqual([
      'id',
      'email',
      'name',
      'metadata',
      'refresh_token',
      'last_login_at',
      'deleted_at',
      'created_at',
      'updated_at',
    ]);
  });

  test('ids are short, prefixed, and tell their time; one may also be given', async () => {
    const [made, given] = await db
      .insert(users)
      .values([ada, { id: 'user_123', email: 'grace@company.com' }])
      .returning();
    expect(made?.id).toMatch(/^user_[0-9a-f]{24}$/);
    expect(idTime(made?.id ?? '')?.getTime()).toBeCloseTo(Date.now(), -5);
    expect(given?.id).toBe('user_123');
  });

  test('an address is taken once among living users', async () => {
    await db.insert(users).values(ada);
    const failure = await db
      .insert(users)
      .values(ada)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ cause: { code: '23505', fields: { constraint: 'idx_users_email' } } });
  });

  test('Type inference', async () => {
    const [user]: User[] = await db
      .insert(users)
      .values({ ...ada, metadata: { preferences: { theme: 'dark' } } })
      .returning();
    const theme: 'dark' | 'light' | undefined = user?.metadata?.preferences?.theme;
    expect(theme).toBe('dark');
  });

  test('Index Strategy: what is asked for often is found by its index', async () => {
    await driver.script(
      `insert into claude_code_users (email) select i || '@company.com' from generate_series(1, 5000) i; analyze claude_code_users`,
    );
    const query = db
      .select()
      .from(users)
      .where(sql`${eq(users.email, '42@company.com')} and deleted_at is null`);
    expect((await explain(db, query)).text).toContain('idx_users_email');
  });

  test('Query Optimization: EXPLAIN ANALYZE, of what writes too, which is undone', async () => {
    await db.insert(users).values(ada);
    const plan = await explain(db, db.update(users).set({ name: 'Ada' }), { analyze: true });
    expect(plan.took).toBeGreaterThan(0);
    expect(await db.query.users.findFirst()).toMatchObject({ name: null });
  });
});

describe('Run Migrations', () => {
  const empty = testDatabase({ project: false, commits: true });

  test('Drizzle’s own migrator takes the same files, and both know what the other applied', async () => {
    await migrate(empty.db, { migrationsFolder: join(import.meta.dir, '../drizzle') });
    const applied = await getMigrationStatus(dbOver(empty.driver));
    expect(applied.map((it) => it.name)).toEqual((await getMigrationStatus(db)).map((it) => it.name));
    expect(applied.map((it) => it.hash)).toEqual((await getMigrationStatus(db)).map((it) => it.hash));
  });
});

describe('Database Helpers', () => {
  test('Connection Health Check', async () => {
    expect(await checkDatabaseHealth(driver)).toBe(true);
  });

  test('Migration Status', async () => {
    const [last, first] = await getMigrationStatus(db);
    expect(last?.name).toEndWith('_accounts');
    expect(first?.name).toEndWith('_roles');
    expect(last?.hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
