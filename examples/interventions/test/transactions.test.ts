import { describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { transaction } from 'hutch';
import { interventionSessions, interventions } from '../src/schema/interventions.ts';
import { students } from '../src/schema/students.ts';
import { userRoles, users } from '../src/schema/users.ts';
import { beginSupport } from '../src/support.ts';
import { interventionsDatabase } from './database.ts';

const { db } = interventionsDatabase();
const support = { type: 'academic', title: 'Academic Support', startDate: new Date('2026-02-02') } as const;
const failure = (attempt: Promise<unknown>) => attempt.catch((error: unknown) => error);

describe('Basic Transaction', () => {
  test('intervention, first session and status together', async () => {
    const { id, sessions } = await beginSupport(db, 1, { studentId: 2, ...support });
    expect(sessions).toMatchObject([{ interventionId: id, progressNotes: 'Initial session' }]);
    expect(await db.query.students.findFirst({ where: { id: 2 } })).toMatchObject({ status: 'active' });
  });

  test('If any query fails, all changes are rolled back', async () => {
    expect(await failure(beginSupport(db, 99, { studentId: 2, ...support }))).toMatchObject({
      cause: { code: '23503' },
    });
    expect(await db.$count(interventions)).toBe(3);
    expect(await db.query.students.findFirst({ where: { id: 2 } })).toMatchObject({ status: 'inactive' });
  });
});

describe('Error Handling in Transactions', () => {
  test('an error of one’s own rolls back as well, and is the one that is caught', async () => {
    const attempt = transaction(db, async (tx) => {
      const [user] = await tx.insert(users).values({ cognitoSub: 'sub-x', email: 'nowhere' }).returning();
      await tx.insert(userRoles).values({ userId: user?.id ?? 0, roleId: 3 });
      if (!user?.email.includes('@')) throw new Error('Invalid email');
    });
    expect(await failure(attempt)).toMatchObject({ message: 'Invalid email' });
    expect(await db.$count(users, eq(users.cognitoSub, 'sub-x'))).toBe(0);
    expect(await db.$count(userRoles)).toBe(4);
  });
});

describe('Nested Transactions', () => {
  const outer = (inner: (tx: typeof db.transaction, studentId: number) => Promise<unknown>) =>
    db.transaction(async (tx) => {
      const values = { sisId: 'S001', firstName: 'Alice', lastName: 'Smith', gradeLevel: '5' } as const;
      const [student] = await tx.insert(students).values(values).returning();
      const inside = await failure(inner(tx.transaction.bind(tx), student?.id ?? 0));
      await tx.update(students).set({ status: 'inactive' }).where(eq(students.sisId, 'S001'));
      return inside;
    });

  test('what fails inside is undone, and the rest goes on', async () => {
    const inside = await outer((nested, studentId) =>
      nested(async (tx2) => {
        await tx2.insert(interventions).values({ studentId, ...support, createdBy: 1 });
        await tx2.insert(interventionSessions).values({ interventionId: 0, sessionDate: new Date(), recordedBy: 1 });
      }),
    );
    expect(inside).toMatchObject({ cause: { code: '23503' } });
    expect(await db.$count(interventions)).toBe(3);
    expect(await db.query.students.findFirst({ where: { sisId: 'S001' } })).toMatchObject({ status: 'inactive' });
  });

  test('what succeeds inside stays', async () => {
    await outer((nested, studentId) =>
      nested((tx2) => tx2.insert(interventions).values({ studentId, ...support, createdBy: 1 })),
    );
    expect(await db.$count(interventions)).toBe(4);
  });
});
