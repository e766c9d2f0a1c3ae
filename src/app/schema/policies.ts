import { type SQL, sql } from 'drizzle-orm';
import { pgPolicy } from 'drizzle-orm/pg-core';
import { anonRole, authenticatedRole, serviceRole } from 'drizzle-orm/supabase';
import { claim } from '../../data/columns/claims.ts';

/**
 * Who may do what. Strangers read what a help desk shows in public; people who are signed in (`sub` is a user's id) also see
 * and change what belongs to their organizations; the server's own role does everything.
 */
export const me = claim('sub');

/** Ids of the organizations of whoever asks. Reads `members`, whose own policy shows a person their own memberships. */
export const myOrganizations = sql`(select organization_id from members where user_id = ${me} and deleted_at is null)`;

/** Rows that strangers may read. */
export const publicReads = (using: SQL) => pgPolicy('public_reads', { for: 'select', to: anonRole, using });

/** Rows that people who are signed in may read. */
export const memberReads = (using: SQL) => pgPolicy('member_reads', { for: 'select', to: authenticatedRole, using });

/** Rows that people who are signed in may write, before and after the change. */
export const memberWrites = (rows: SQL) => [
  pgPolicy('member_inserts', { for: 'insert', to: authenticatedRole, withCheck: rows }),
  pgPolicy('member_updates', { for: 'update', to: authenticatedRole, using: rows, withCheck: rows }),
  pgPolicy('member_deletes', { for: 'delete', to: authenticatedRole, using: rows }),
];

/** Row security does not bind `service_role` where it could be created with BYPASSRLS; this policy serves where it could not. */
export const serviceDoesAll = () =>
  pgPolicy('service_does_all', { for: 'all', to: serviceRole, using: sql`true`, withCheck: sql`true` });
