import { DatabaseError, type Session } from '../../db/driver.ts';
import { identifier, literal, qualified } from '../../db/quoting.ts';
import type { Failure } from './events.ts';

const NOT_NULL_VIOLATION = '23502';

/** What a column that may not be empty finds: how many rows have nothing for it, and the ways out. Undefined for any other failure. */
export async function missingValues(
  session: Session,
  { code, fields: { schema = 'public', table, column } }: DatabaseError,
): Promise<Pick<Failure, 'detail' | 'hint'> | undefined> {
  if (code !== NOT_NULL_VIOLATION || table === undefined || column === undefined) return undefined;
  const [relation, name] = [qualified(schema, table), identifier(column)];
  const isThere = `SELECT FROM pg_attribute WHERE attrelid = ${literal(relation)}::regclass AND attname = ${literal(column)}`;
  try {
    const known = (await session.query({ text: isThere, prepare: false })).rows.length > 0;
    const empty = known ? `${name} IS NULL` : 'true';
    const text = `SELECT count(*) FILTER (WHERE ${empty}), count(*) FROM ${relation}`;
    const [missing, all] = (await session.query({ text, prepare: false })).rows[0] ?? [];
    return {
      detail: `${missing} of the ${all} rows of ${relation} have no value for ${name}.`,
      hint: known
        ? `Fill them first: UPDATE ${relation} SET ${name} = … WHERE ${name} IS NULL; in a migration, before this statement.`
        : `Give the column a default, .default(…) in the schema; or add it without .notNull(), fill it, and say .notNull() then.`,
    };
  } catch (error) {
    if (error instanceof DatabaseError) return undefined;
    throw error;
  }
}
