import { sql } from 'drizzle-orm';
import { type PgColumn, uniqueIndex } from 'drizzle-orm/pg-core';

type Columns = [PgColumn, ...PgColumn[]];

/**
 * Uniqueness among living rows: a value is free again once its row is deleted. A partial unique index, so it also serves
 * lookups of living rows and is a target for upserts.
 *
 * @example
 * snakeCase.table('users', { email: text().notNull(), ...softDelete() }, (t) => [uniqueActive('users_email_active').on(t.email)]);
 */
export function uniqueActive(name: string) {
  return {
    on: (...columns: Columns) =>
      uniqueIndex(name)
        .on(...columns)
        .where(sql`deleted_at IS NULL`),
  };
}
