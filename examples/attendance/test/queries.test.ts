import { describe, expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { explain, insertMany } from 'hutch';
import { markAttendance, register } from '../src/attendance.ts';
import { findMany } from '../src/find-many.ts';
import { attendances } from '../src/schema/attendance.ts';
import { classSessions, courses, enrollments } from '../src/schema/courses.ts';
import { students, users } from '../src/schema/people.ts';
import { ADA, ALGEBRA, failureOf, GRACE, MONDAY, schoolDatabase } from './database.ts';

const { db, driver } = schoolDatabase();

describe('SQL Injection Prevention', () => {
  const INJECTED = `' or true; drop table users; --`;

  test('values are parameters, whatever they say', async () => {
    expect(await db.select().from(users).where(eq(users.email, INJECTED))).toEqual([]);
    expect((await findMany(db, 'users', [{ column: 'email', operator: '=', value: INJECTED }])).rows).toEqual([]);
    expect(await db.$count(users)).toBe(3);
  });

  const unknown: Record<string, [table: string, column: string, hint: string | null]> = {
    'a table': ['studnets', 'status', 'Did you mean students?'],
    'a table of Postgres’s own': ['pg_authid', 'rolname', null],
    'a column': ['students', 'grade_levle', 'Did you mean grade_level?'],
    'an injected table': [`users; ${INJECTED}`, 'id', null],
    'an injected column': ['users', `id = id or ${INJECTED}`, null],
  };
  for (const [name, [table, column, hint]] of Object.entries(unknown)) {
    test(`a name that there is not is an error: ${name}`, () => {
      const find = () => findMany(db, table, [{ column, operator: '=', value: 1 }]);
      expect(find).toThrow(expect.objectContaining({ code: 'row_unknown_column', hint }));
    });
  }

  test('an unknown column to order by is told too (and a student has no name: their user does)', () => {
    expect(() => findMany(db, 'students', [], { orderBy: 'name' })).toThrow(expect.objectContaining({ field: 'name' }));
  });
});

describe('Secure Query Builder', () => {
  test('complex query with full parameterization', async () => {
    const { rows, next } = await findMany(
      db,
      'students',
      [
        { column: 'grade_level', operator: '>=', value: 'Grade 7' },
        { column: 'status', operator: 'IN', value: ['active', 'enrolled'] },
      ],
      { orderBy: 'student_number', orderDirection: 'ASC', limit: 20 },
    );
    expect(rows).toMatchObject([{ id: ADA, studentNumber: 'S-1', gradeLevel: 'Grade 7' }]);
    expect(next).toBeNull();
  });

  test('page by page, by key', async () => {
    const first = await findMany(db, 'students', [], { orderBy: 'grade_level', orderDirection: 'DESC', limit: 1 });
    const options = { orderBy: 'grade_level', orderDirection: 'DESC', limit: 1, after: first.next ?? '' } as const;
    const second = await findMany(db, 'students', [], options);
    expect([first.rows[0]?.id, second.rows[0]?.id]).toEqual([ADA, GRACE]);
  });

  test('a value that does not fit its column is refused by the database', async () => {
    const find = findMany(db, 'students', [{ column: 'status', operator: '=', value: 'sleeping' }]);
    expect(await failureOf(find)).toMatchObject({ cause: { code: '22P02' } });
  });
});

describe('Type-Safe Queries with Drizzle', () => {
  test('the students of active enrollments, with their courses', async () => {
    const activeStudents = await db
      .select({ name: users.name, grade: students.gradeLevel, courseName: courses.name })
      .from(enrollments)
      .innerJoin(students, eq(enrollments.studentId, students.id))
      .innerJoin(users, eq(students.id, users.id))
      .innerJoin(courses, eq(enrollments.courseId, courses.id))
      .where(eq(enrollments.status, 'active'))
      .orderBy(users.name);
    expect(activeStudents).toEqual([
      { name: 'Ada Lovelace', grade: 'Grade 7', courseName: 'Algebra' },
      { name: 'Grace Hopper', grade: 'Grade 6', courseName: 'Poetry' },
    ]);
    // @ts-expect-error a status that there is not
    eq(enrollments.status, 'activ');
  });

  test('the same by relations, in one statement', async () => {
    const found = await db.query.enrollments.findMany({
      columns: { id: false, status: true },
      with: { student: { columns: { gradeLevel: true }, with: { user: { columns: { name: true } } } }, course: true },
      where: { status: 'active', course: { name: 'Algebra' } },
    });
    expect(found).toMatchObject([
      { status: 'active', student: { gradeLevel: 'Grade 7', user: { name: 'Ada Lovelace' } }, course: { id: ALGEBRA } },
    ]);
  });

  test('select by a column', async () => {
    const result = await db.select().from(users).where(eq(users.email, 'ada@school.example'));
    expect(result).toMatchObject([{ id: ADA, name: 'Ada Lovelace' }]);
  });
});

describe('Use Transactions for Data Integrity', () => {
  const person = { email: 'alan@school.example', name: 'Alan Turing', studentNumber: 'S-3', gradeLevel: 'Grade 8' };

  test('a user, the student and their enrollment', async () => {
    const student = await register(db, { ...person, courseIds: [ALGEBRA] });
    expect(await db.$count(enrollments, eq(enrollments.studentId, student.id))).toBe(1);
    expect(await db.select().from(users).where(eq(users.id, student.id))).toMatchObject([{ name: 'Alan Turing' }]);
  });

  test('a course that there is not takes all of it along', async () => {
    const failure = await failureOf(register(db, { ...person, courseIds: [ALGEBRA, GRACE] }));
    expect(failure).toMatchObject({ cause: { code: '23503' } });
    expect(await db.$count(users)).toBe(3);
  });
});

describe('attendance', () => {
  test('a class is marked in one statement, and marked again it writes what has changed', async () => {
    const marks = [ADA, GRACE].map((studentId) => ({ studentId, status: 'present' as const }));
    expect((await markAttendance(db, MONDAY, marks)).inserted).toBe(2);
    const again = await markAttendance(db, MONDAY, [
      { studentId: ADA, status: 'present' },
      { studentId: GRACE, status: 'late', note: 'The bus' },
    ]);
    expect(again.actions).toEqual(['unchanged', 'updated']);
  });
});

describe('Indexes Added', () => {
  test('are there', async () => {
    const rows = await db.execute<{ name: string }>(
      sql`select indexname as name from pg_indexes where schemaname = 'public' and indexname like 'idx\\_%' order by 1`,
    );
    expect(rows.map((it) => it.name)).toEqual([
      'idx_attendance_student_session',
      'idx_attendances_created_at',
      'idx_attendances_session',
      'idx_class_sessions_session_date',
      'idx_courses_instructor',
      'idx_enrollments_course',
      'idx_feedback_student_date',
      'idx_parsed_feedback_student_id',
      'idx_students_grade_status',
    ]);
  });

  test('and are used: Query plan analysis', async () => {
    const lessons = Array.from({ length: 3_000 }, (_, i) => ({
      courseId: ALGEBRA,
      sessionDate: new Date(Date.UTC(2000, 0, i)).toISOString().slice(0, 10),
      topic: `Lesson ${i}`,
    }));
    const { rows } = await insertMany(db, classSessions, lessons, { returning: { id: classSessions.id } });
    const marks = rows.map(({ id }) => ({ studentId: ADA, sessionId: id, status: 'present' as const }));
    await insertMany(db, attendances, marks);
    await driver.script('analyze class_sessions; analyze attendances');
    const byDate = db.select().from(classSessions).where(eq(classSessions.sessionDate, '2001-01-01'));
    const byStudent = db.select().from(attendances).where(eq(attendances.studentId, GRACE));
    expect((await explain(db, byDate)).text).toContain('idx_class_sessions_session_date');
    const plan = await explain(db, byStudent, { analyze: true });
    expect(plan.text).toContain('idx_attendance_student_session');
    expect(plan.took).toBeGreaterThanOrEqual(0);
  });
});
