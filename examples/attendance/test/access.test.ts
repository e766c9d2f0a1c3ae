import { describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { actAs, activity, history, rowAt } from 'hutch';
import { markAttendance } from '../src/attendance.ts';
import type { Transaction } from '../src/db.ts';
import { attendances, parsedFeedback } from '../src/schema/attendance.ts';
import { students, users } from '../src/schema/people.ts';
import { ADA, as, EMMY, failureOf, GRACE, MONDAY, schoolDatabase, TUESDAY } from './database.ts';

const { db } = schoolDatabase();

const acting = <T>(actor: ReturnType<typeof as>, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    await actAs(tx, actor);
    return work(tx);
  });

describe('Row-Level Security, with the user’s context', () => {
  test('students see themselves, instructors see all', async () => {
    const seen = (tx: Transaction) => tx.select({ id: students.id }).from(students).orderBy(students.id);
    expect(await acting(as(ADA, 'student'), seen)).toEqual([{ id: ADA }]);
    expect(await acting(as(EMMY, 'instructor'), seen)).toEqual([{ id: ADA }, { id: GRACE }]);
  });

  test('feedback is for whom it is about', async () => {
    await db
      .insert(parsedFeedback)
      .values([ADA, GRACE].map((studentId) => ({ studentId, summary: 'Works with care' })));
    const seen = (tx: Transaction) => tx.$count(parsedFeedback);
    expect([await acting(as(ADA, 'student'), seen), await acting(as(EMMY, 'instructor'), seen)]).toEqual([1, 2]);
  });

  test('Fine-grained access: instructors mark their own lessons', async () => {
    const mark = (lesson: string) => (tx: Transaction) =>
      markAttendance(tx, lesson, [{ studentId: ADA, status: 'present' }]);
    expect((await acting(as(EMMY, 'instructor'), mark(MONDAY))).inserted).toBe(1);
    const refused = await failureOf(acting(as(EMMY, 'instructor'), mark(TUESDAY)));
    expect(refused).toMatchObject({ cause: { code: '42501' } });
    expect(await failureOf(acting(as(ADA, 'student'), mark(MONDAY)))).toMatchObject({ cause: { code: '42501' } });
  });

  test('created_by and updated_by are whoever is signed in, and cannot be forged', async () => {
    const forged = { studentId: ADA, sessionId: MONDAY, status: 'present' as const, createdBy: 'somebody' };
    const [row] = await acting(as(EMMY, 'instructor'), (tx) => tx.insert(attendances).values(forged).returning());
    expect(row).toMatchObject({ createdBy: EMMY, updatedBy: EMMY });
  });
});

describe('Audit Logging', () => {
  const rename = () =>
    acting(as(EMMY, 'admin'), (tx) =>
      tx.update(students).set({ gradeLevel: 'Grade 8' }).where(eq(students.id, ADA)).returning(),
    );

  test('View recent changes', async () => {
    await rename();
    const changes = await history(db, students, ADA);
    expect(changes.map((it) => it.operation)).toEqual(['UPDATE', 'INSERT']);
    expect(changes[0]).toMatchObject({
      actor: EMMY,
      changed: expect.arrayContaining(['gradeLevel']),
      old: { gradeLevel: 'Grade 7' },
      new: { gradeLevel: 'Grade 8' },
    });
  });

  test('Get user activity summary', async () => {
    await rename();
    await acting(as(EMMY, 'instructor'), (tx) => markAttendance(tx, MONDAY, [{ studentId: ADA, status: 'late' }]));
    expect(await activity(db, EMMY, 30)).toMatchObject({
      changes: 2,
      tables: [
        { table: 'attendances', inserts: 1 },
        { table: 'students', updates: 1 },
      ],
    });
  });

  test('a row as it was', async () => {
    const before = new Date();
    await Bun.sleep(2);
    await rename();
    expect(await rowAt(db, students, ADA, before)).toMatchObject({ gradeLevel: 'Grade 7' });
  });

  test('of addresses is only told that they changed', async () => {
    await db.update(users).set({ email: 'lovelace@school.example' }).where(eq(users.id, ADA));
    const [change] = await history(db, users, ADA);
    expect(change?.changed).toContain('email');
    expect(JSON.stringify(change)).not.toContain('lovelace@');
  });
});
