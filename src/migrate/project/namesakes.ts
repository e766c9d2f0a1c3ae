import { getTableUniqueName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import type { Schema } from './schema.ts';

/**
 * Two tables of one name are two thoughts of one table; the diff would take the last and say nothing.
 * @throws HutchError `migrate_schema_failed`
 */
export function refuseNamesakes(schema: Schema): void {
  const seen = new Map<string, { readonly table: PgTable; readonly as: string }>();
  for (const [as, table] of Object.entries(schema)) {
    if (!is(table, PgTable)) continue;
    const name = getTableUniqueName(table).replace(/^(undefined|public)\./, '');
    const other = seen.get(name);
    if (other !== undefined && other.table !== table)
      throw new HutchError('migrate_schema_failed', {
        details: `Two tables are named ${name}: the exports ${exported(other.as)} and ${exported(as)}.`,
      });
    seen.set(name, { table, as });
  }
}

/** `0.users` of several files, `users@auth.ts` where two files export the same name. */
const exported = (as: string): string => as.replace(/^\d+\./, '');
