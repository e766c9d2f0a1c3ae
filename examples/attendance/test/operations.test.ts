import { describe, expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { explain, openDatabase, refresh, refreshEvery } from 'hutch';
import { markAttendance, upkeep } from '../src/attendance.ts';
import { openDb, spreadDb } from '../src/db.ts';
import { watch } from '../src/monitoring.ts';
import { parsedFeedback } from '../src/schema/attendance.ts';
import { studentMetrics } from '../src/schema/metrics.ts';
import { users } from '../src/schema/people.ts';
import { ADA, failureOf, GRACE, MONDAY, PROJECT, schoolDatabase } from './database.ts';

const { db, driver } = schoolDatabase();

describe('Materialized Views', () => {
  test('metrics of each student, refreshed while they are read', async () => {
    await markAttendance(db, MONDAY, [
      { studentId: ADA, status: 'late' },
      { studentId: GRACE, status: 'absent' },
    ]);
    await db.insert(parsedFeedback).values([3.5, 4].map((score) => ({ studentId: ADA, score, summary: 'Fine' })));
    expect(await refresh(db, studentMetrics)).toBe('concurrently');
    const rows = await db.select().from(studentMetrics).orderBy(studentMetrics.studentNumber);
    expect(rows).toMatchObject([
      { id: ADA, name: 'Ada Lovelace', sessions: 1, attended: 1, attendanceRate: 1, feedbacks: 2, averageScore: 3.75 },
      {
        id: GRACE,
        studentNumber: 'S-2',
        sessions: 1,
        attended: 0,
        attendanceRate: 0,
        feedbacks: 0,
        averageScore: null,
      },
    ]);
  });

  test('on a schedule', async () => {
    const refreshed = Promise.withResolvers<string>();
    const { resolve: onRefresh, reject: onError } = refreshed;
    await using _ = refreshEvery(db, studentMetrics, { every: 5, onRefresh, onError });
    expect(await refreshed.promise).toBe('concurrently');
  });
});

describe('Table Partitioning', () => {
  test('a month’s feedback is read from that month’s partition', async () => {
    await db.insert(parsedFeedback).values({ studentId: ADA, summary: 'Fine' });
    const month = new Date().toISOString().slice(0, 7);
    const thisMonth = sql`parsed_at >= ${`${month}-01T00:00:00Z`}::timestamptz and parsed_at < ${`${month}-02T00:00:00Z`}::timestamptz`;
    const { text } = await explain(db, db.select().from(parsedFeedback).where(thisMonth));
    expect(new Set(text.match(/feedback_\d{4}_\d{2}/g))).toEqual(new Set([`feedback_${month.replace('-', '_')}`]));
  });

  test('Automatic partition management: next months are made, old ones dropped', async () => {
    expect(await upkeep(db)).toEqual({ partitions: { created: 0, dropped: 0 }, auditMonthsDropped: 0 });
    const change = (ahead: number, keep: number) =>
      db.execute(sql`select * from keep_feedback_partitions(${ahead}::int, ${keep}::int)`);
    expect([...(await change(5, 10))]).toEqual([{ created: 2, dropped: 2 }]);
  });

  test('a time without a partition is refused, not lost', async () => {
    const late = db.insert(parsedFeedback).values({ studentId: ADA, summary: 'Old', parsedAt: new Date('2001-01-01') });
    expect(await failureOf(late)).toMatchObject({ cause: { code: '23514' } });
  });
});

describe('Query Performance Monitoring', () => {
  test('metrics, slow queries, and an alert where there are many', async () => {
    const lines: [object, string][] = [];
    const log = { warn: (details: object, message: string) => void lines.push([details, message]) };
    const watching = watch(driver, log, { slow: 40, tolerated: 0 });
    expect(watching.alert()).toBe(false);
    await db.select().from(users).where(eq(users.email, 'ada@school.example'));
    await db.execute(sql`select pg_sleep(0.05), ${'a secret'}::text`);
    expect(watching.summary()).toMatchObject({ slow: 1, queries: expect.any(Number), mean: expect.any(Number) });
    expect(watching.alert()).toBe(true);
    watching.stats.stop();
    expect(lines.map(([, message]) => message)).toEqual(['slow query', 'High number of slow queries detected']);
    expect(lines[0]?.[0]).toMatchObject({ text: 'select pg_sleep(?), $1::text' });
    expect(JSON.stringify(lines)).not.toContain('a secret');
  });
});

describe('Connections', () => {
  test('DATABASE_URL, or an embedded database without it; Connection pool monitoring; Check connection health', async () => {
    const run = Bun.spawn([process.execPath, 'src/health.ts'], {
      cwd: PROJECT,
      env: { ...process.env, DATABASE_URL: process.env.TEST_DATABASE_URL, DATABASE_REPLICA_URLS: '' },
    });
    const { primary, pools } = JSON.parse(await run.stdout.text());
    expect(primary).toMatchObject({ ok: true });
    expect(pools).toMatchObject({ primary: expect.any(Object), replicas: [] });
    expect(await run.exited).toBe(0);
  });

  test('a server that is not there is told soon', async () => {
    const started = performance.now();
    const failure = await failureOf(openDb({ url: 'postgres://nobody@127.0.0.1:1/nothing' }));
    expect(failure).toMatchObject({ code: expect.any(String) });
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('a runaway query is ended, and the next one answered', async () => {
    const own = await openDb({ url: process.env.TEST_DATABASE_URL });
    const failure = await failureOf(own.driver.query({ text: 'select pg_sleep(60)' }, { timeout: 50 }));
    expect(failure).toMatchObject({ code: expect.stringMatching(/^(57014|statement_timeout)$/) });
    expect(await own.db.execute(sql`select 1 as one`)).toMatchObject([{ one: 1 }]);
    await own.spread.close();
  });

  test('Read replica support: reads that ask for it, the primary where none is alive', async () => {
    const here = async (name: string) => {
      const opened = await openDatabase();
      await opened.script(`create table here as select '${name}' as name`);
      return opened;
    };
    const [first, second] = [await here('primary'), await here('replica')];
    const { spread, db, replica } = spreadDb(first, [second]);
    const nameBy = async (on: typeof db) => (await on.execute<{ name: string }>(sql`select name from here`))[0]?.name;
    expect([await nameBy(db), await nameBy(replica)]).toEqual(['primary', 'replica']);
    await replica.execute(sql`update here set name = 'written'`);
    expect(await nameBy(db)).toBe('written');
    expect((await spread.health()).replicas).toMatchObject([{ ok: true }]);
    await second.close();
    expect(await nameBy(replica)).toBe('written');
    await spread.close();
  });
});
