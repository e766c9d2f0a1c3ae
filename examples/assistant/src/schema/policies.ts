import { type SQL, sql } from 'drizzle-orm';
import { pgPolicy } from 'drizzle-orm/pg-core';
import { authenticatedRole, serviceRole } from 'drizzle-orm/supabase';
import { claim } from 'hutch';

/** The id of whoever is signed in. */
export const me = claim('sub');

/** People who are signed in read and write rows of their own; the server does everything. */
export const own = (rows: SQL) => [
  pgPolicy('own_rows', { for: 'all', to: authenticatedRole, using: rows, withCheck: rows }),
  serverDoesAll(),
];

export const serverDoesAll = () =>
  pgPolicy('server_does_all', { for: 'all', to: serviceRole, using: sql`true`, withCheck: sql`true` });
