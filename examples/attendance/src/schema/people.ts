import { sql } from 'drizzle-orm';
import { index, pgEnum, snakeCase, uuid, varchar } from 'drizzle-orm/pg-core';
import { audited, timestamps } from 'hutch';
import { isAdmin, isStaff, me, reads, serverDoesAll, writes } from './policies.ts';

export const userRole = pgEnum('user_role', ['student', 'instructor', 'admin']);
export const studentStatus = pgEnum('student_status', ['enrolled', 'active', 'paused', 'left']);

export const users = audited(
  snakeCase.table(
    'users',
    {
      id: uuid().primaryKey().defaultRandom(),
      email: varchar({ length: 256 }).notNull().unique(),
      name: varchar({ length: 120 }).notNull(),
      role: userRole().notNull().default('student'),
      ...timestamps(),
    },
    () => [reads(sql`id = ${me} or ${isStaff}`), ...writes(isAdmin), serverDoesAll()],
  ),
  { mask: ['email'] },
);

/** A student is a user with the same id. */
export const students = audited(
  snakeCase.table(
    'students',
    {
      id: uuid()
        .primaryKey()
        .references(() => users.id, { onDelete: 'cascade' }),
      studentNumber: varchar({ length: 32 }).notNull().unique(),
      gradeLevel: varchar({ length: 16 }).notNull(),
      status: studentStatus().notNull().default('enrolled'),
      ...timestamps(),
    },
    (table) => [
      index('idx_students_grade_status').on(table.gradeLevel, table.status),
      reads(sql`id = ${me} or ${isStaff}`),
      ...writes(isAdmin),
      serverDoesAll(),
    ],
  ),
);

export type User = typeof users.$inferSelect;
export type Student = typeof students.$inferSelect;
