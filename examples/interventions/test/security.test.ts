import { describe, expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { history, openPostgres, QueryStats, slowQueryLog } from 'hutch';
import { sanitizeForLogging } from '../src/log.ts';
import { interventions } from '../src/schema/interventions.ts';
import { students } from '../src/schema/students.ts';
import { users } from '../src/schema/users.ts';
import { actor, by, interventionsDatabase, people } from './database.ts';

const { app, db, driver } = interventionsDatabase();

/** One statement as whoever this is, as the API, a route or a script would send it. */
const as = async (sub: string | undefined, text: string) => {
  const attempt = driver.batch([{ text, prepare: false }], { actor: actor(sub) });
  const [result] = await attempt.catch((error: { code: string }) => [{ count: error.code }]);
  return result?.count;
};

describe('Parameterized Queries', () => {
  test('input is never part of the text', async () => {
    const userInput = "' OR 1 = 1; DROP TABLE users; --";
    expect(await db.select().from(users).where(eq(users.email, userInput))).toEqual([]);
    const query = db.select().from(users).where(eq(users.email, userInput)).toSQL();
    expect([query.sql.includes('DROP'), query.params]).toEqual([false, [userInput]]);
    expect([...(await db.execute(sql`select id from users where email = ${userInput}`))]).toEqual([]);
  });
});

describe('Row-Level Security', () => {
  const cases: Record<string, [sub: string | undefined, text: string, expected: number | string]> = {
    'no session: nothing': [undefined, 'select * from interventions', '42501'],
    'no tool: a teacher sees students': [people.teacher, 'select * from students', 3],
    'no tool: a teacher sees no interventions': [people.teacher, 'select * from interventions', 0],
    'no tool: a teacher deletes none': [people.teacher, 'delete from interventions', 0],
    'tool: a coordinator sees all of them': [people.ana, 'select * from interventions', 3],
    'ownership: a coordinator deletes her own': [people.ana, 'delete from interventions', 2],
    'ownership: not that of another': [people.ana, 'delete from interventions where id = 2', 0],
    'ownership: a session is of who recorded it': [people.ben, 'delete from intervention_sessions', 0],
    'an administrator deletes whichever': [people.administrator, 'delete from interventions', 3],
    'nobody creates in another’s name': [
      people.ana,
      `insert into interventions (student_id, type, title, start_date, created_by) values (1, 'other', 'x', now(), 2)`,
      '42501',
    ],
    'nobody gives themselves a role': [
      people.teacher,
      'insert into user_roles (user_id, role_id) values (4, 2)',
      '42501',
    ],
    'a token of nobody we know sees no student': ['sub-unknown', 'select * from students', 0],
  };
  for (const [name, [sub, text, expected]] of Object.entries(cases)) {
    test(name, async () => expect(await as(sub, text)).toBe(expected));
  }
});

describe('deleteIntervention', () => {
  const outcomes: Record<string, [sub: string | undefined, id: string, status: number, error?: string]> = {
    authNoSession: [undefined, '1', 401, 'AUTH_NO_SESSION'],
    authInsufficientPermissions: [people.teacher, '1', 403, 'AUTH_INSUFFICIENT_PERMISSIONS'],
    'Intervention not found': [people.ana, '99', 404, 'INTERVENTION_NOT_FOUND'],
    'Unauthorized: of another': [people.ben, '1', 403, 'AUTH_NOT_OWNER'],
    'the owner': [people.ana, '1', 204],
    'an administrator': [people.administrator, '1', 204],
    'no number': [people.ana, 'one', 400, 'INVALID_ID'],
  };
  for (const [name, [sub, id, status, error]] of Object.entries(outcomes)) {
    test(name, async () => {
      const request = sub === undefined ? { method: 'DELETE' } : by(sub, 'DELETE');
      const response = await app.request(`/interventions/${id}`, request);
      expect(response.status).toBe(status);
      if (error) expect(await response.json()).toEqual({ error });
      expect(await db.$count(interventions, eq(interventions.id, 1))).toBe(status === 204 ? 0 : 1);
    });
  }

  test('and who did it is on record', async () => {
    await app.request('/interventions/1', by(people.administrator, 'DELETE'));
    const [change] = await history(db, interventions, 1);
    expect(change).toMatchObject({ operation: 'DELETE', actor: people.administrator, old: { title: 'Reading' } });
  });
});

describe('routes', () => {
  test('begin support as who is signed in', async () => {
    const body = { studentId: 2, type: 'health', title: 'Glasses', startDate: '2026-03-02' };
    const response = await app.request('/interventions', by(people.ben, 'POST', body));
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ createdBy: 2, sessions: [{ recordedBy: 2 }] });
    expect((await app.request('/interventions', by(people.teacher, 'POST', body))).status).toBe(500);
    expect(await db.$count(interventions)).toBe(4);
  });

  test('a student with everything, a page, the figures', async () => {
    const student = await (await app.request('/students/1', by(people.ana))).json();
    expect(student).toMatchObject({
      interventions: [{ creator: { firstName: 'Ana' } }, { title: 'Check in, check out' }],
    });
    const seenByTeacher = await (await app.request('/students/1', by(people.teacher))).json();
    expect(seenByTeacher).toMatchObject({ firstName: 'Mia', interventions: [] });
    const page = await (await app.request('/students', by(people.ana))).json();
    expect(page).toMatchObject({
      rows: [{ lastName: 'Adams' }, { lastName: 'Park' }, { lastName: 'Stone' }],
      next: null,
    });
    const stats = await (await app.request('/students/stats', by(people.ana))).json();
    expect(stats).toEqual([
      { gradeLevel: '5', totalStudents: 2, interventions: 2, activeInterventions: 1 },
      { gradeLevel: '6', totalStudents: 1, interventions: 1, activeInterventions: 0 },
    ]);
  });
});

describe('Secrets Management', () => {
  test('the password of a database that is away is in no message', async () => {
    const attempt = openPostgres({ url: 'postgres://app:correct-horse@127.0.0.1:1/db', connectTimeout: 500 });
    const error = await attempt.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(Bun.inspect(error)).not.toContain('correct-horse');
  });
});

describe('Logging Safety', () => {
  test('statements are logged without their values', async () => {
    const lines: string[] = [];
    const onSlow = slowQueryLog({ warn: (details) => void lines.push(JSON.stringify(details)) });
    const stats = new QueryStats(driver, { slow: 0, onSlow });
    await db.select().from(users).where(eq(users.email, 'ana@example.com'));
    await driver.script("select * from users where email = 'ben@example.com'");
    stats.stop();
    expect(lines.some((it) => it.includes('from \\"users\\"'))).toBe(true);
    expect(JSON.stringify([lines, stats.queryStats()])).not.toContain('@example.com');
  });

  test('the record of changes has no child’s name', async () => {
    await db.update(students).set({ lastName: 'Stonefield' }).where(eq(students.id, 1));
    const [change] = await history(db, students, 1);
    expect(change?.changed).toContain('lastName');
    expect(JSON.stringify(await history(db, students, 1))).not.toContain('Stone');
  });

  test('sanitizeForLogging: the same person is the same pseudonym', () => {
    const pseudonym = sanitizeForLogging('ana@example.com');
    expect(pseudonym).toMatch(/^[0-9a-f]{12}$/);
    expect(sanitizeForLogging('ana@example.com')).toBe(pseudonym);
    expect(sanitizeForLogging('ben@example.com')).not.toBe(pseudonym);
  });
});
