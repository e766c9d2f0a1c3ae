import { type SQL, sql } from 'drizzle-orm';
import { pgPolicy } from 'drizzle-orm/pg-core';
import { authenticatedRole, serviceRole } from 'drizzle-orm/supabase';
import { claim } from 'hutch';

/** Claims of a Clerk token: who, in which organization, and as what. */
export const me = claim('sub');
export const myOrganization = claim('org_id');
const iAmAdmin = sql`${claim('org_role')} = 'org:admin'`;

export const reads = (rows: SQL) => pgPolicy('reads', { for: 'select', to: authenticatedRole, using: rows });

export const creates = (rows: SQL) => pgPolicy('creates', { for: 'insert', to: authenticatedRole, withCheck: rows });

export const changes = (rows: SQL) =>
  pgPolicy('changes', { for: 'update', to: authenticatedRole, using: rows, withCheck: rows });

/** What belongs to an organization is read by its members and written by its admins. */
export const ofOrganization = (rows: SQL) => [
  reads(rows),
  pgPolicy('admins_write', {
    for: 'all',
    to: authenticatedRole,
    using: sql`${rows} and ${iAmAdmin}`,
    withCheck: sql`${rows} and ${iAmAdmin}`,
  }),
  serverDoesAll(),
];

export const serverDoesAll = () =>
  pgPolicy('server_does_all', { for: 'all', to: serviceRole, using: sql`true`, withCheck: sql`true` });
