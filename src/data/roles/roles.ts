import { is } from 'drizzle-orm';
import { type PgPolicy, PgRole } from 'drizzle-orm/pg-core';
import type { DatabaseObject } from '../../db/object.ts';
import { identifier, literal } from '../../db/quoting.ts';

/** The roles of the dialect: strangers, people who are signed in, and servers that row security does not bind. */
export const API_ROLES = ['anon', 'authenticated', 'service_role'] as const;

/**
 * Objects that create roles where they are missing. Policies name roles, so these have to run before the migrations; all
 * others run after them. A role belongs to the whole server, not to one database, so none is ever dropped.
 */
export function roleObjects(names: readonly string[] = API_ROLES): readonly DatabaseObject[] {
  return names.map((name) => ({ name: `role.${name}`, up: createRole(name), down: 'SELECT 1' }));
}

/** Whoever connects may then act as the role; a superuser may anyway. */
function createRole(name: string): string {
  const bypass = name === 'service_role' ? ' BYPASSRLS' : '';
  return `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${literal(name)}) THEN
    CREATE ROLE ${identifier(name)} NOLOGIN${bypass};
  END IF;
  IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    GRANT ${identifier(name)} TO current_user;
  END IF;
END $$`;
}

/** The roles a policy is for. */
export function rolesOfPolicy(policy: PgPolicy): readonly string[] {
  return flatNames(policy.to ?? 'public');
}

function flatNames(to: unknown): readonly string[] {
  if (Array.isArray(to)) return to.flatMap(flatNames);
  return [is(to, PgRole) ? to.name : String(to)];
}
