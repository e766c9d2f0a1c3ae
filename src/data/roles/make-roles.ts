import type { Executor } from '../../db/driver.ts';
import { rolesInNobodysWay, rolesScript } from '../../db/roles.ts';

/**
 * Makes those of these roles that are missing, before migrations whose policies name them; one that a migration makes itself is left to it.
 * @param migrations the migrations' SQL
 */
export async function makeRoles(
  executor: Executor,
  migrations: readonly string[],
  names: readonly string[],
): Promise<void> {
  const wanted = rolesInNobodysWay(migrations, names);
  if (wanted.length === 0) return;
  const { rows } = await executor.query({ text: 'SELECT rolname FROM pg_roles', prepare: false });
  const present = new Set(rows.map(([name]) => name));
  const missing = wanted.filter((role) => !present.has(role));
  if (missing.length > 0) await executor.script(rolesScript(missing));
}
