import { sql } from 'drizzle-orm';
import { boolean, date, index, pgEnum, snakeCase, unique, uuid, varchar } from 'drizzle-orm/pg-core';
import { audited, timestamps } from 'hutch';
import { students, users } from './people.ts';
import { isAdmin, isStaff, me, reads, serverDoesAll, writes } from './policies.ts';

export const enrollmentStatus = pgEnum('enrollment_status', ['active', 'completed', 'dropped']);

export const courses = snakeCase.table(
  'courses',
  {
    id: uuid().primaryKey().defaultRandom(),
    name: varchar({ length: 160 }).notNull(),
    instructorId: uuid().references(() => users.id, { onDelete: 'set null' }),
    active: boolean().notNull().default(true),
    ...timestamps(),
  },
  (table) => [
    index('idx_courses_instructor').on(table.instructorId),
    reads(sql`true`),
    ...writes(isAdmin),
    serverDoesAll(),
  ],
);

export const enrollments = audited(
  snakeCase.table(
    'enrollments',
    {
      id: uuid().primaryKey().defaultRandom(),
      studentId: uuid()
        .notNull()
        .references(() => students.id, { onDelete: 'cascade' }),
      courseId: uuid()
        .notNull()
        .references(() => courses.id, { onDelete: 'cascade' }),
      status: enrollmentStatus().notNull().default('active'),
      ...timestamps(),
    },
    (table) => [
      unique('enrollments_once').on(table.studentId, table.courseId),
      index('idx_enrollments_course').on(table.courseId),
      reads(sql`student_id = ${me} or ${isStaff}`),
      ...writes(isAdmin),
      serverDoesAll(),
    ],
  ),
);

/** One lesson of a course. */
export const classSessions = snakeCase.table(
  'class_sessions',
  {
    id: uuid().primaryKey().defaultRandom(),
    courseId: uuid()
      .notNull()
      .references(() => courses.id, { onDelete: 'cascade' }),
    sessionDate: date().notNull(),
    topic: varchar({ length: 200 }).notNull(),
    ...timestamps(),
  },
  (table) => [
    index('idx_class_sessions_session_date').on(table.sessionDate),
    unique('class_sessions_once').on(table.courseId, table.sessionDate),
    reads(sql`true`),
    ...writes(sql`exists (select from courses where courses.id = course_id and courses.instructor_id = ${me})`),
    serverDoesAll(),
  ],
);
