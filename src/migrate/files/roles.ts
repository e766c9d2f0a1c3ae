import { API_ROLES, rolesScript } from '../../db/roles.ts';

/** A migration that makes them first. */
export const withRoles = (sql: string): string =>
  `-- The roles that policies name. A role belongs to the server, so another database may have made them already.\n${rolesScript()};\n--> statement-breakpoint\n${sql}`;

/** A baseline's statements with the roles made where they are missing, instead of plainly. */
export const rolesFirst = (statements: readonly string[]): readonly string[] => [
  rolesScript(),
  ...statements.filter((it) => !API_ROLES.some((role) => new RegExp(`^CREATE ROLE "?${role}\\b`).test(it))),
];

/** Whether a migration makes the API's roles, plainly or where they are missing. */
export const makesRoles = (sql: string): boolean =>
  /\bcreate\s+role\b/i.test(sql) && API_ROLES.some((it) => sql.includes(it));

const SECURED = /\bENABLE\s+ROW\s+LEVEL\s+SECURITY\b|\bCREATE\s+POLICY\b/i;

/** A history's first migration with row security, where none makes the roles: policies and grants name them from here on. */
export function lacksRoles(migration: string, earlier: readonly string[]): boolean {
  return (
    SECURED.test(migration) && ![migration, ...earlier].some(makesRoles) && !earlier.some((it) => SECURED.test(it))
  );
}

/** What a server says that lacks a role of the API's, with what to do about it; null where it says something else. */
export function roleHint(message: string): string | null {
  const [, role = ''] = /^role "(\w+)" does not exist$/.exec(message) ?? [];
  if (!API_ROLES.some((it) => it === role)) return null;
  return `Policies name the roles ${API_ROLES.join(', ')}, and this server lacks some. To make them: hutch migrate up --roles`;
}
