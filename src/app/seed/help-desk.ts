import type { Transaction } from '../../db/driver.ts';

const SCRIPT = new URL('./help-desk.sql', import.meta.url);

/**
 * Every reference below is made by a join, so checking each again would only cost a third of a first start; only a superuser
 * may leave the checks out, which the owner of an embedded database is.
 */
const TRUSTED = `SELECT set_config('session_replication_role', 'replica', true) FROM pg_roles WHERE rolname = current_user AND rolsuper`;

/**
 * Fills an empty demo database: 4 organizations, 60 people, 320 tickets and what belongs to them, always the same rows, in
 * one transaction. Does nothing where there are users already.
 * @returns whether it filled the database
 */
export async function fillHelpDesk(tx: Transaction): Promise<boolean> {
  const { rows } = await tx.query({ text: 'select exists (select from users)', prepare: false });
  if (rows[0]?.[0] === 't') return false;
  await tx.script(`${TRUSTED};\n${await Bun.file(SCRIPT).text()}`);
  return true;
}
