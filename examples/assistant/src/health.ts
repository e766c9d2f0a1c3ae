import { sql } from 'drizzle-orm';
import type { Driver } from 'hutch';
import type { Db } from './db.ts';

/** `GET /ready` asks the same for a load balancer. */
export async function checkDatabaseHealth(driver: Driver): Promise<boolean> {
  const { ok } = await driver.health();
  return ok;
}

/** Applied migrations, the newest first; `hutch migrate status` also knows what is pending, edited or missing. */
export async function getMigrationStatus(db: Db) {
  return db.execute<{ name: string; hash: string; applied_at: string }>(
    sql`select name, hash, applied_at from drizzle.__drizzle_migrations order by id desc`,
  );
}
