import { sql } from 'drizzle-orm';
import {
  index,
  jsonb,
  numeric,
  pgEnum,
  primaryKey,
  snakeCase,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { actorColumns, audited, timestamps } from 'hutch';
import { classSessions } from './courses.ts';
import { students } from './people.ts';
import { isStaff, me, reads, serverDoesAll, writes } from './policies.ts';

export const attendanceStatus = pgEnum('attendance_status', ['present', 'late', 'absent', 'excused']);

/** Instructors write what happened in their own lessons. */
const ofMyLesson = sql`exists (
  select from class_sessions s join courses c on c.id = s.course_id where s.id = session_id and c.instructor_id = ${me})`;

export const attendances = audited(
  snakeCase.table(
    'attendances',
    {
      id: uuid().primaryKey().defaultRandom(),
      studentId: uuid()
        .notNull()
        .references(() => students.id, { onDelete: 'cascade' }),
      sessionId: uuid()
        .notNull()
        .references(() => classSessions.id, { onDelete: 'cascade' }),
      status: attendanceStatus().notNull(),
      note: text(),
      ...actorColumns(),
      ...timestamps(),
    },
    (table) => [
      unique('idx_attendance_student_session').on(table.studentId, table.sessionId),
      index('idx_attendances_session').on(table.sessionId),
      index('idx_attendances_created_at').on(table.createdAt),
      reads(sql`student_id = ${me} or ${isStaff}`),
      ...writes(ofMyLesson),
      serverDoesAll(),
    ],
  ),
);

export interface FeedbackDetails {
  strengths?: string[];
  growth?: string[];
  source?: { model: string; version?: string };
}

/**
 * What was read out of an instructor's notes about a student. Partitioned by month of `parsed_at` (see the migration and
 * `drizzle/objects/feedback_partitions.sql`); so its key has the date in it.
 */
export const parsedFeedback = snakeCase.table(
  'parsed_student_feedback',
  {
    id: uuid().notNull().defaultRandom(),
    studentId: uuid()
      .notNull()
      .references(() => students.id, { onDelete: 'cascade' }),
    sessionId: uuid().references(() => classSessions.id, { onDelete: 'set null' }),
    /** 0 to 5. */
    score: numeric({ precision: 2, scale: 1, mode: 'number' }),
    summary: text().notNull(),
    details: jsonb().$type<FeedbackDetails>().notNull().default({}),
    parsedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.id, table.parsedAt] }),
    index('idx_parsed_feedback_student_id').on(table.studentId),
    index('idx_feedback_student_date').on(table.studentId, table.parsedAt.desc()),
    reads(sql`student_id = ${me} or ${isStaff}`),
    serverDoesAll(),
  ],
);

export type Attendance = typeof attendances.$inferSelect;
export type NewAttendance = typeof attendances.$inferInsert;
