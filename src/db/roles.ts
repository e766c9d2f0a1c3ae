import { literal } from './quoting.ts';

/** The roles that the API acts as: strangers, people who are signed in, and servers that row security does not bind. */
export const API_ROLES = ['anon', 'authenticated', 'service_role'] as const;

/**
 * SQL that makes those of the roles that are missing, and lets whoever runs it act as them, as the API does; whoever may not has
 * only not to serve it. Row security does not bind `service_role` where whoever makes it may say so.
 */
export function rolesScript(names: readonly string[] = API_ROLES): string {
  return `DO $$ DECLARE
  api_role text;
  since_16 boolean := current_setting('server_version_num')::int >= 160000;
BEGIN
  FOREACH api_role IN ARRAY ARRAY[${names.map(literal).join(', ')}]::text[] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = api_role) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', api_role);
      IF api_role = 'service_role'
        AND (SELECT rolsuper OR since_16 AND rolbypassrls FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('ALTER ROLE %I BYPASSRLS', api_role);
      END IF;
    END IF;
    IF NOT pg_has_role(current_user, api_role, CASE WHEN since_16 THEN 'SET' ELSE 'MEMBER' END) THEN
      BEGIN
        EXECUTE format('GRANT %I TO %I', api_role, current_user);
      EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING '% cannot act as %: whoever made that role has to grant it', current_user, api_role;
      END;
    END IF;
  END LOOP;
END $$`;
}

/** Those of the roles that no migration makes without asking whether they are there: making them first is in nobody's way. */
export function rolesInNobodysWay(
  migrations: readonly string[],
  names: readonly string[] = API_ROLES,
): readonly string[] {
  return names.filter((role) => {
    const made = new RegExp(`\\bcreate\\s+role\\s+"?${role}\\b`, 'i');
    return !migrations.some((sql) => made.test(sql));
  });
}
