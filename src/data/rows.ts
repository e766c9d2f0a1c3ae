import type { SQL } from 'drizzle-orm';
import type { Database } from './database.ts';

/**
 * The rows of a raw statement as objects. The second Drizzle line is asked for objects; the first gives what its driver
 * gives, which is an array of rows or has one in `rows`.
 *
 * The row's type is the caller's word for what its own SQL selects.
 */
export async function rowsOf<T extends Record<string, unknown>>(db: Database, statement: SQL): Promise<readonly T[]> {
  const result: unknown = await db.execute<T>(statement, 'objects');
  if (Array.isArray(result)) return result;
  if (typeof result === 'object' && result !== null && 'rows' in result && Array.isArray(result.rows))
    return result.rows;
  return [];
}
