import { DatabaseError } from '../db/driver.ts';

/** How deep a chain of causes is followed. */
const MAX_CAUSES = 8;

/**
 * An error as it may stand in a log: what failed and where, without anybody's data. Drizzle writes a query's values into its message,
 * Postgres the key's values into its detail and a malformed value into its message; these stay out.
 */
export function loggedError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const message = messageOf(error);
  const cause = error.cause === undefined || depth === MAX_CAUSES ? undefined : loggedError(error.cause, depth + 1);
  return {
    type: error.name,
    message,
    ...('code' in error && { code: error.code }),
    ...(error instanceof DatabaseError && placeOf(error)),
    stack: [`${error.name}: ${message}`, ...framesOf(error)].join('\n'),
    ...(cause !== undefined && { cause }),
  };
}

function messageOf(error: Error): string {
  if ('query' in error && 'params' in error) return `Failed query: ${error.query}`;
  // Class 22, data exception: `invalid input syntax for type integer: "12 Elm Street"`.
  if (error instanceof DatabaseError && error.code.startsWith('22')) return error.message.replace(/: ".*"$/s, '');
  return error.message;
}

const placeOf = ({ fields: { schema, table, column, constraint } }: DatabaseError) => ({
  schema,
  table,
  column,
  constraint,
});

const framesOf = (error: Error): readonly string[] =>
  (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
