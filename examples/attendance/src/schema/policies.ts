import { type SQL, sql } from 'drizzle-orm';
import { pgPolicy } from 'drizzle-orm/pg-core';
import { authenticatedRole, serviceRole } from 'drizzle-orm/supabase';
import { claim } from 'hutch';

/** The id of whoever is signed in; our identity provider gives UUIDs. */
export const me = sql`${claim('sub')}::uuid`;

/** Instructors and administrators, by the claim that the identity provider puts into their tokens. */
export const isStaff = sql`${claim('user_role')} in ('instructor', 'admin')`;
export const isAdmin = sql`${claim('user_role')} = 'admin'`;

export const reads = (rows: SQL) => pgPolicy('reads', { for: 'select', to: authenticatedRole, using: rows });

export const writes = (rows: SQL) => [
  pgPolicy('inserts', { for: 'insert', to: authenticatedRole, withCheck: rows }),
  pgPolicy('updates', { for: 'update', to: authenticatedRole, using: rows, withCheck: rows }),
  pgPolicy('deletes', { for: 'delete', to: authenticatedRole, using: rows }),
];

export const serverDoesAll = () =>
  pgPolicy('server_does_all', { for: 'all', to: serviceRole, using: sql`true`, withCheck: sql`true` });
