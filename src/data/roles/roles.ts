import { is } from 'drizzle-orm';
import { type PgPolicy, PgRole } from 'drizzle-orm/pg-core';
import type { DatabaseObject } from '../../db/object.ts';
import { API_ROLES, rolesScript } from '../../db/roles.ts';

/**
 * Objects that create roles where they are missing. Policies name roles, so these have to run before the migrations; all
 * others run after them. A role belongs to the whole server, not to one database, so none is ever dropped.
 */
export function roleObjects(names: readonly string[] = API_ROLES): readonly DatabaseObject[] {
  return names.map((name) => ({ name: `role.${name}`, up: rolesScript([name]), down: 'SELECT 1' }));
}

/** The roles a policy is for. */
export function rolesOfPolicy(policy: PgPolicy): readonly string[] {
  return flatNames(policy.to ?? 'public');
}

function flatNames(to: unknown): readonly string[] {
  if (Array.isArray(to)) return to.flatMap(flatNames);
  return [is(to, PgRole) ? to.name : String(to)];
}
