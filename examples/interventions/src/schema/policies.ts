import { type SQL, sql } from 'drizzle-orm';
import { pgPolicy } from 'drizzle-orm/pg-core';
import { authenticatedRole, serviceRole } from 'drizzle-orm/supabase';
import { claim } from 'hutch';

/** Tools that a role may open. */
export type Tool = 'interventions' | 'students';

/** Who is signed in: the user whose Cognito `sub` the token has. */
export const mySub = claim('sub');
export const myId = sql`(select id from users where cognito_sub = ${mySub})`;

/** Whether one of my roles opens this tool. Each of these is in a subquery, so that Postgres asks once for a statement. */
export const iMayUse = (tool: Tool): SQL =>
  sql`(select exists (select from user_roles join role_tools using (role_id) where user_id = ${myId} and tool = ${sql.raw(`'${tool}'`)}))`;

export const iAmAdministrator = sql`(select exists (select from user_roles join roles on roles.id = role_id
  where user_id = ${myId} and roles.name = 'administrator'))`;

export const reads = (rows: SQL) => pgPolicy('reads', { for: 'select', to: authenticatedRole, using: rows });
export const adds = (rows: SQL) => pgPolicy('adds', { for: 'insert', to: authenticatedRole, withCheck: rows });
export const removes = (rows: SQL) => pgPolicy('removes', { for: 'delete', to: authenticatedRole, using: rows });
export const changes = (rows: SQL) =>
  pgPolicy('changes', { for: 'update', to: authenticatedRole, using: rows, withCheck: rows });

export const serverDoesAll = () =>
  pgPolicy('server_does_all', { for: 'all', to: serviceRole, using: sql`true`, withCheck: sql`true` });
