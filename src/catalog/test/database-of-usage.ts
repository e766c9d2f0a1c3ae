/** Compiled by the test beside it, and never run: what `DatabaseOf` has to make of a schema. */
import { createClient } from '@supabase/supabase-js';
import { defineRelations, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  bytea,
  date,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgSchema,
  pgTable,
  pgView,
  point,
  snakeCase,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import type { DatabaseOf, Json } from '../database-of.ts';
import type { SnakeCase } from '../snake-case.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._: Equal<A, B> extends true ? [] : [wrong: A, right: B]): void => {};

const ticketStatus = pgEnum('ticket_status', ['OPEN', 'CLOSED']);
const users = snakeCase.table('users', { id: text().primaryKey(), fullName: text().notNull() });
const settings = snakeCase.table('user_settings', {
  userId: text()
    .primaryKey()
    .references(() => users.id),
  isLoud: boolean().notNull().default(false),
});
const tickets = snakeCase.table('tickets', {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  serialNo: integer().notNull().generatedAlwaysAsIdentity(),
  requesterId: text()
    .notNull()
    .references(() => users.id),
  assigneeId: text().references(() => users.id),
  parentId: integer(),
  title: text().notNull(),
  titleUpper: text().generatedAlwaysAs(sql`upper(title)`),
  status: ticketStatus().notNull().default('OPEN'),
  statuses: ticketStatus().array(),
  metaData: jsonb().$type<{ room?: string }>().notNull().default({}),
  anything: jsonb(),
  attachments: jsonb().$type<{ url: string }[]>().notNull(),
  tags: text().array().notNull().default([]),
  price: numeric(),
  views: bigint({ mode: 'bigint' }).notNull(),
  file: bytea(),
  place: point(),
  day: date({ mode: 'date' }),
  code: uuid()
    .notNull()
    .$defaultFn(() => crypto.randomUUID()),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
const garden = pgSchema('garden');
const beds = garden.table('beds', { id: integer(), soilKind: text() });
const asKeys = pgTable('as_keys', { someKey: integer() });
const openTickets = pgView('open_tickets').as((qb) =>
  qb.select({ id: tickets.id, title: tickets.title }).from(tickets),
);

const relations = defineRelations({ users, settings, tickets }, (r) => ({
  users: {
    tickets: r.many.tickets({ alias: 'requester' }),
    settings: r.one.settings({ from: r.users.id, to: r.settings.userId }),
  },
  settings: { user: r.one.users({ from: r.settings.userId, to: r.users.id }) },
  tickets: {
    requester: r.one.users({ from: r.tickets.requesterId, to: r.users.id, alias: 'requester' }),
    assignee: r.one.users({ from: r.tickets.assigneeId, to: r.users.id }),
    parent: r.one.tickets({ from: r.tickets.parentId, to: r.tickets.id }),
  },
}));

const schema = { ticketStatus, users, settings, tickets, beds, openTickets, relations, unrelated: 7, nothing: null };
type Database = DatabaseOf<typeof schema>;
type Tables = Database['public']['Tables'];

same<keyof Tables, 'users' | 'user_settings' | 'tickets'>();
same<keyof Database['garden']['Tables'], 'beds'>();
same<Database['garden']['Tables']['beds']['Row'], { id: number | null; soil_kind: string | null }>();
same<Database['public']['Enums'], { ticket_status: 'OPEN' | 'CLOSED' }>();
same<Database['public']['Views']['open_tickets']['Row'], { id: number | null; title: string | null }>();
same<keyof DatabaseOf<{ asKeys: typeof asKeys }, never, 'keys'>['public']['Tables']['as_keys']['Row'], 'someKey'>();

same<
  Tables['tickets']['Row'],
  {
    id: number;
    serial_no: number;
    requester_id: string;
    assignee_id: string | null;
    parent_id: number | null;
    title: string;
    title_upper: string | null;
    status: 'OPEN' | 'CLOSED';
    statuses: ('OPEN' | 'CLOSED')[] | null;
    meta_data: { room?: string };
    anything: Json | null;
    attachments: { url: string }[];
    tags: string[];
    price: number | null;
    views: number;
    file: string | null;
    place: string | null;
    day: string | null;
    code: string;
    created_at: string;
  }
>();

type Insert = Tables['tickets']['Insert'];
type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
same<RequiredKeys<Insert>, 'requester_id' | 'title' | 'attachments' | 'views'>();
same<Insert['serial_no'], undefined>();
same<Insert['title_upper'], undefined>();
same<RequiredKeys<Tables['tickets']['Update']>, never>();

same<
  Tables['user_settings']['Relationships'],
  [
    {
      foreignKeyName: 'user_settings_user_id_users_id_fkey';
      columns: ['user_id'];
      isOneToOne: true;
      referencedRelation: 'users';
      referencedColumns: ['id'];
    },
  ]
>();

same<SnakeCase<'createdAt'>, 'created_at'>();
same<SnakeCase<'userID2'>, 'user_id_2'>();
same<SnakeCase<'HTMLBody'>, 'html_body'>();
same<SnakeCase<'line2Text'>, 'line2_text'>();
same<SnakeCase<'already_snake'>, 'already_snake'>();
same<SnakeCase<'größeÜber'>, 'größe_über'>();

const client = createClient<Database>('http://x', 'key');

export async function use(): Promise<void> {
  const { data } = await client
    .from('tickets')
    .select(
      'title, meta_data, requester:users!requester_id(full_name), assignee:users!tickets_assignee_id_users_id_fkey(id)',
    )
    .single();
  same<
    typeof data,
    {
      title: string;
      meta_data: { room?: string };
      requester: { full_name: string };
      assignee: { id: string } | null;
    } | null
  >();
  const { data: people } = await client.from('users').select('full_name, user_settings(is_loud)');
  same<typeof people, { full_name: string; user_settings: { is_loud: boolean } | null }[] | null>();
  await client.from('tickets').insert({ requester_id: 'x', title: 'x', attachments: [], views: 1 });
  // @ts-expect-error the title is missing
  await client.from('tickets').insert({ requester_id: 'x', attachments: [], views: 1 });
  // @ts-expect-error there is no such label
  await client.from('tickets').update({ status: 'LOST' });
}
