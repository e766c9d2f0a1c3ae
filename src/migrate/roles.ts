/** The roles that the API acts as. Policies name them, so they have to be there before the migrations that make the policies. */
const API_ROLES = ['anon', 'authenticated', 'service_role'] as const;

/**
 * SQL that makes those of the API's roles that are missing, and lets whoever runs it act as them, as the API does; whoever may not has
 * only not to serve it. Row security does not bind `service_role` where whoever makes it may say so.
 */
export function rolesScript(names: readonly string[] = API_ROLES): string {
  const list = names.map((it) => `'${it}'`).join(', ');
  return `DO $$ DECLARE
  api_role text;
  may text := CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END;
BEGIN
  FOREACH api_role IN ARRAY ARRAY[${list}] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = api_role) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', api_role);
      IF api_role = 'service_role' AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('ALTER ROLE %I BYPASSRLS', api_role);
      END IF;
    END IF;
    IF NOT pg_has_role(current_user, api_role, may) THEN
      BEGIN
        EXECUTE format('GRANT %I TO %I', api_role, current_user);
      EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING '% cannot act as %: whoever made that role has to grant it', current_user, api_role;
      END;
    END IF;
  END LOOP;
END $$;`;
}

/** A migration that makes them first. */
export const withRoles = (sql: string): string =>
  `-- The roles that policies name. A role belongs to the server, so another database may have made them already.\n${rolesScript()}\n--> statement-breakpoint\n${sql}`;

/** A baseline's statements with the roles made where they are missing, instead of plainly. */
export const rolesFirst = (statements: readonly string[]): readonly string[] => [
  rolesScript().replace(/;$/, ''),
  ...statements.filter((it) => !API_ROLES.some((role) => new RegExp(`^CREATE ROLE "?${role}\\b`).test(it))),
];

/** Those that no migration makes without asking whether they are there: making them first is in nobody's way. */
export function rolesInNobodysWay(migrations: readonly string[]): readonly string[] {
  return API_ROLES.filter(
    (role) => !migrations.some((sql) => new RegExp(`\\bcreate\\s+role\\s+"?${role}\\b`, 'i').test(sql)),
  );
}

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
