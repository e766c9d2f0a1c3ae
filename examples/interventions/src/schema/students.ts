import { sql } from 'drizzle-orm';
import { index, integer, pgEnum, snakeCase, varchar } from 'drizzle-orm/pg-core';
import { audited, timestamps } from 'hutch';
import { changes, iMayUse, reads, serverDoesAll } from './policies.ts';

export const gradeLevelEnum = pgEnum('grade_level', [
  'K',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '8',
  '9',
  '10',
  '11',
  '12',
]);
export const studentStatusEnum = pgEnum('student_status', ['active', 'inactive', 'transferred', 'graduated']);

export const schools = snakeCase.table(
  'schools',
  {
    id: integer().primaryKey().generatedByDefaultAsIdentity(),
    name: varchar({ length: 255 }).notNull(),
    district: varchar({ length: 255 }),
    ...timestamps(),
  },
  () => [reads(sql`true`), serverDoesAll()],
);

/** Children: of their names the record of changes says only that they changed. */
export const students = audited(
  snakeCase.table(
    'students',
    {
      id: integer().primaryKey().generatedByDefaultAsIdentity(),
      sisId: varchar({ length: 100 }).notNull().unique(),
      firstName: varchar({ length: 255 }).notNull(),
      lastName: varchar({ length: 255 }).notNull(),
      gradeLevel: gradeLevelEnum().notNull(),
      status: studentStatusEnum().default('active').notNull(),
      schoolId: integer().references(() => schools.id),
      ...timestamps(),
    },
    (table) => [
      index('students_name').on(table.lastName, table.id),
      index('students_school').on(table.schoolId),
      reads(iMayUse('students')),
      changes(iMayUse('students')),
      serverDoesAll(),
    ],
  ),
  { mask: ['firstName', 'lastName'] },
);
