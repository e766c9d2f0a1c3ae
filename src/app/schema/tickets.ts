import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgEnum,
  pgPolicy,
  snakeCase,
  text,
  timestamp,
  varchar,
} from 'drizzle-orm/pg-core';
import { authenticatedRole } from 'drizzle-orm/supabase';
import { audited } from '../../data/audit/audited.ts';
import { actorColumns } from '../../data/columns/actor.ts';
import { prefixedId } from '../../data/columns/prefixed-id.ts';
import { timestamps } from '../../data/columns/timestamps.ts';
import { softDelete } from '../../data/soft-delete/soft-delete.ts';
import { categories, subcategories } from './categories.ts';
import { organizations } from './organizations.ts';
import { me, memberReads, memberWrites, myOrganizations, publicReads, serviceDoesAll } from './policies.ts';
import { users } from './users.ts';

export const ticketStatus = pgEnum('ticket_status', [
  'OPEN',
  'IN_PROGRESS',
  'WAITING',
  'FORWARDED',
  'RESOLVED',
  'CLOSED',
]);
export const ticketPriority = pgEnum('ticket_priority', ['LOW', 'NORMAL', 'HIGH', 'URGENT']);

export interface TicketMetadata {
  source?: 'email' | 'web' | 'phone' | 'chat';
  building?: string;
  room?: string;
  tags?: string[];
  device?: { os?: string; model?: string };
  satisfaction?: number;
}

export interface Attachment {
  name: string;
  url: string;
  bytes: number;
  type: string;
}

const instant = () => timestamp({ withTimezone: true });

export const tickets = audited(
  snakeCase.table(
    'tickets',
    {
      id: integer().primaryKey().generatedByDefaultAsIdentity(),
      organizationId: text()
        .notNull()
        .references(() => organizations.id, { onDelete: 'cascade' }),
      categoryId: integer().references(() => categories.id, { onDelete: 'set null' }),
      subcategoryId: integer().references(() => subcategories.id, { onDelete: 'set null' }),
      requesterId: text()
        .notNull()
        .references(() => users.id),
      assigneeId: text().references(() => users.id, { onDelete: 'set null' }),
      title: varchar({ length: 255 }).notNull(),
      description: text(),
      status: ticketStatus().notNull().default('OPEN'),
      priority: ticketPriority().notNull().default('NORMAL'),
      /** Strangers may read it. */
      isPublic: boolean().notNull().default(true),
      location: varchar({ length: 255 }),
      metadata: jsonb().$type<TicketMetadata>().notNull().default({}),
      attachments: jsonb().$type<Attachment[]>().notNull().default([]),
      escalationLevel: integer().notNull().default(0),
      lastEscalationAt: instant(),
      dueAt: instant(),
      resolvedAt: instant(),
      ...actorColumns(),
      ...softDelete(),
      ...timestamps(),
    },
    (t) => [
      check('tickets_escalation_level', sql`escalation_level between 0 and 5`),
      index('tickets_created_at').on(t.createdAt),
      index('tickets_status_created_at').on(t.status, t.createdAt),
      index('tickets_organization_status').on(t.organizationId, t.status),
      index('tickets_category_id').on(t.categoryId),
      index('tickets_requester_id').on(t.requesterId),
      index('tickets_assignee_open').on(t.assigneeId).where(sql`resolved_at is null and deleted_at is null`),
      index('tickets_due_open').on(t.dueAt).where(sql`resolved_at is null and deleted_at is null`),
      index('tickets_forwarded').on(t.createdAt).where(sql`status = 'FORWARDED'`),
      index('tickets_metadata').using('gin', t.metadata.op('jsonb_path_ops')),
      publicReads(sql`is_public and deleted_at is null`),
      memberReads(sql`is_public or requester_id = ${me} or organization_id in ${myOrganizations}`),
      ...memberWrites(sql`organization_id in ${myOrganizations}`),
      serviceDoesAll(),
    ],
  ),
);

/** A comment is seen where its ticket is: the ticket's own policies decide. */
const ticketSeen = sql`exists (select from tickets where tickets.id = ticket_id)`;

export const comments = snakeCase.table(
  'comments',
  {
    id: prefixedId('cmt').primaryKey(),
    ticketId: integer()
      .notNull()
      .references(() => tickets.id, { onDelete: 'cascade' }),
    authorId: text().references(() => users.id, { onDelete: 'set null' }),
    body: text().notNull(),
    /** A note among colleagues. */
    isInternal: boolean().notNull().default(false),
    ...softDelete(),
    ...timestamps(),
  },
  (t) => [
    index('comments_ticket_created').on(t.ticketId, t.createdAt),
    index('comments_author_id').on(t.authorId),
    publicReads(sql`not is_internal and deleted_at is null and ${ticketSeen}`),
    memberReads(sql`(not is_internal or author_id = ${me}) and ${ticketSeen}`),
    ...memberWrites(sql`author_id = ${me} and ${ticketSeen}`),
    serviceDoesAll(),
  ],
);

/** What happened to a ticket, for people to read; it outlives the ticket. */
export const activityLog = snakeCase.table(
  'activity_log',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    ticketId: integer().references(() => tickets.id, { onDelete: 'set null' }),
    actorId: text().references(() => users.id, { onDelete: 'set null' }),
    action: varchar({ length: 64 }).notNull(),
    details: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    index('activity_log_ticket_created').on(t.ticketId, t.createdAt),
    index('activity_log_actor_id').on(t.actorId),
    memberReads(sql`ticket_id is not null and ${ticketSeen}`),
    pgPolicy('member_notes', {
      for: 'insert',
      to: authenticatedRole,
      withCheck: sql`actor_id = ${me} and ${ticketSeen}`,
    }),
    serviceDoesAll(),
  ],
);
