import { sql } from 'drizzle-orm';
import { retainAudit, transaction, upsert } from 'hutch';
import type { Db, Transaction } from './db.ts';
import { attendances, type NewAttendance } from './schema/attendance.ts';
import { enrollments } from './schema/courses.ts';
import { type Student, students, users } from './schema/people.ts';

export interface Registration {
  readonly email: string;
  readonly name: string;
  readonly studentNumber: string;
  readonly gradeLevel: string;
  readonly courseIds: readonly string[];
}

/** A user, the student they are and what they are enrolled in: all of it or nothing. */
export function register(db: Db | Transaction, { courseIds, ...person }: Registration): Promise<Student> {
  return transaction(db, async (tx) => {
    const [user] = await tx.insert(users).values(person).returning();
    const [student] = await tx
      .insert(students)
      .values({ ...person, id: user?.id ?? '' })
      .returning();
    if (!student) throw new Error('The insert gave no row');
    if (courseIds.length > 0)
      await tx.insert(enrollments).values(courseIds.map((courseId) => ({ studentId: student.id, courseId })));
    return student;
  });
}

export type Mark = Pick<NewAttendance, 'studentId' | 'status' | 'note'>;

/** Who was there, in one statement for the whole class; sent again, it changes only what has changed. */
export function markAttendance(db: Db | Transaction, sessionId: string, marks: readonly Mark[]) {
  return upsert(
    db,
    attendances,
    marks.map((mark) => ({ ...mark, sessionId })),
    { target: [attendances.studentId, attendances.sessionId], onlyIfChanged: true },
  );
}

/** For a daily job: next months' partitions of the feedback, and an end for what is too old. */
export async function upkeep(db: Db) {
  const [partitions] = await db.execute<{ created: number; dropped: number }>(
    sql`select * from keep_feedback_partitions()`,
  );
  return { partitions, auditMonthsDropped: await retainAudit(db, '24 months') };
}
