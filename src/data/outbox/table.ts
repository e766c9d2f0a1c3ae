import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** The channel that wakes workers; the payload is the topic. */
export const OUTBOX_CHANNEL = 'hutch_outbox';

/**
 * The events that wait to be handled, and those that nobody could handle (`deadAt`). Export it from your Drizzle schema,
 * and it is migrated with the rest: `export { outbox } from 'hutch';`
 */
export const outbox = pgTable(
  'hutch_outbox',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    topic: text('topic').notNull(),
    /** Events of one key are handled one after the other, in the order of their ids. */
    key: text('key'),
    payload: jsonb('payload').$type<unknown>().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
    dueAt: timestamp('due_at', { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
    attempts: integer('attempts').notNull().default(0),
    /** Who handles it, and until when it is theirs. */
    claimedBy: text('claimed_by'),
    claimedUntil: timestamp('claimed_until', { withTimezone: true }),
    lastError: text('last_error'),
    deadAt: timestamp('dead_at', { withTimezone: true }),
  },
  (t) => [
    index('hutch_outbox_waiting').on(t.id).where(sql`dead_at is null`),
    index('hutch_outbox_key').on(t.key, t.id).where(sql`dead_at is null and key is not null`),
  ],
);
