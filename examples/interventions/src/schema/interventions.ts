import { sql } from 'drizzle-orm';
import { date, index, integer, pgEnum, snakeCase, text, timestamp, varchar } from 'drizzle-orm/pg-core';
import { audited, timestamps } from 'hutch';
import { adds, changes, iAmAdministrator, iMayUse, myId, reads, removes, serverDoesAll } from './policies.ts';
import { students } from './students.ts';
import { users } from './users.ts';

export const interventionTypeEnum = pgEnum('intervention_type', [
  'academic',
  'behavioral',
  'social_emotional',
  'attendance',
  'health',
  'other',
]);

export const interventionStatusEnum = pgEnum('intervention_status', [
  'planned',
  'in_progress',
  'completed',
  'discontinued',
  'on_hold',
]);

/** Session, tool access, ownership: the three checks of a server action, for every client and in one place. */
const mine = sql`${iMayUse('interventions')} and (created_by = ${myId} or ${iAmAdministrator})`;

export const interventions = audited(
  snakeCase.table(
    'interventions',
    {
      id: integer().primaryKey().generatedByDefaultAsIdentity(),
      studentId: integer()
        .notNull()
        .references(() => students.id),
      type: interventionTypeEnum().notNull(),
      status: interventionStatusEnum().default('planned').notNull(),
      title: varchar({ length: 255 }).notNull(),
      startDate: date({ mode: 'date' }).notNull(),
      endDate: date({ mode: 'date' }),
      createdBy: integer()
        .notNull()
        .references(() => users.id),
      ...timestamps(),
    },
    (table) => [
      index('interventions_student_status').on(table.studentId, table.status),
      index('interventions_created_by').on(table.createdBy),
      reads(iMayUse('interventions')),
      adds(sql`${iMayUse('interventions')} and created_by = ${myId}`),
      changes(mine),
      removes(mine),
      serverDoesAll(),
    ],
  ),
);

export const interventionSessions = snakeCase.table(
  'intervention_sessions',
  {
    id: integer().primaryKey().generatedByDefaultAsIdentity(),
    interventionId: integer()
      .notNull()
      .references(() => interventions.id, { onDelete: 'cascade' }),
    sessionDate: timestamp({ withTimezone: true }).notNull(),
    progressNotes: text(),
    recordedBy: integer()
      .notNull()
      .references(() => users.id),
    ...timestamps(),
  },
  (table) => [
    index('intervention_sessions_intervention').on(table.interventionId, table.sessionDate),
    // Seen where the intervention is: its own policy decides.
    reads(sql`intervention_id in (select id from interventions)`),
    adds(sql`${iMayUse('interventions')} and recorded_by = ${myId}`),
    changes(sql`${iMayUse('interventions')} and recorded_by = ${myId}`),
    removes(sql`${iMayUse('interventions')} and (recorded_by = ${myId} or ${iAmAdministrator})`),
    serverDoesAll(),
  ],
);
