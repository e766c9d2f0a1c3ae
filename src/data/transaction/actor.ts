import { type SQL, sql } from 'drizzle-orm';
import type { Actor } from '../../db/driver.ts';
import type { Database } from '../database.ts';

/**
 * Makes the rest of the transaction act as `actor`: its role and settings end with the transaction. One statement of its
 * own, because row security is not applied to the very statement that changes the role.
 *
 * ```ts
 * await transaction(db, async (tx) => {
 *   await actAs(tx, { role: 'authenticated', settings: { 'request.jwt.claims': '{"sub":"u1"}' } });
 *   return tx.select().from(notes); // row security of `authenticated` applies
 * });
 * ```
 */
export async function actAs(tx: Database, actor: Actor): Promise<void> {
  const settings = Object.entries(actor.settings ?? {});
  // The role last: it may not be allowed to change what comes before.
  if (actor.role !== undefined) settings.push(['role', actor.role]);
  if (settings.length === 0) return;
  const calls: SQL[] = settings.map(([name, value]) => sql`set_config(${name}, ${value}, true)`);
  await tx.execute(sql`select ${sql.join(calls, sql`, `)}`);
}
