import { type Driver, HOUSE } from '../../db/index.ts';
import { API_ROLES } from '../../db/roles.ts';
import type { Logger } from '../../http/logger.ts';

const UNREACHABLE = `SELECT string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname), quote_ident(current_user)
FROM pg_roles r WHERE r.rolname = ANY ($1::text[]) AND NOT pg_has_role(current_user, r.oid,
  CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)`;

/** Roles that the server has, and that its login may not act as, are told at once: every request as one of them is refused. */
export async function tellUnreachableRoles(driver: Driver, anonRole: string | undefined, log: Logger): Promise<void> {
  if (driver.engine === 'pglite') return;
  const names = `{${[...API_ROLES, ...(anonRole === undefined ? [] : [JSON.stringify(anonRole)])].join(',')}}`;
  const { rows } = await driver.query({ text: UNREACHABLE, params: [names], prepare: false }, { label: HOUSE });
  const [roles, login] = rows[0] ?? [];
  if (typeof roles !== 'string') return;
  log.warn(`${login} may not act as ${roles}, and requests as these are refused: GRANT ${roles} TO ${login}`);
}
