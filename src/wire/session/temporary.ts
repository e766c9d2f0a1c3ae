/**
 * Temporary objects of a client whose turn it is not. Postgres keeps the temporary objects of a session in a schema of its own,
 * `pg_temp_0` here. While another client has the session, they wait in a schema `pg_temp_<number>`, which is what the objects
 * of another session look like in any Postgres: seen in the catalog, invisible to names, and not to be touched. Their rows
 * stay where they are, in the buffers and files of the one real session.
 *
 * The catalog is changed directly, for no DDL moves objects out of a temporary schema. Dependencies move with them, so that
 * `DISCARD TEMP` finds just those of the client that runs it.
 */

/** Numbers of real sessions start at 0; these are out of their reach. */
const FIRST_NUMBER = 1000;

export const waitingSchema = (clientId: number): string => `pg_temp_${FIRST_NUMBER + clientId}`;

const OWN = 'pg_catalog.pg_my_temp_schema()';

/** Where names of schemas are kept, by catalog. */
const PLACES = [
  ['pg_class', 'relnamespace'],
  ['pg_type', 'typnamespace'],
  ['pg_proc', 'pronamespace'],
  ['pg_constraint', 'connamespace'],
] as const;

function move(from: string, to: string): string[] {
  const updates = PLACES.map(
    ([catalog, column]) => `UPDATE pg_catalog.${catalog} SET ${column} = ${to} WHERE ${column} = ${from}`,
  );
  const dependencies =
    `UPDATE pg_catalog.pg_depend SET refobjid = ${to} ` +
    `WHERE refclassid = 'pg_catalog.pg_namespace'::regclass AND refobjid = ${from}`;
  return [...updates, dependencies];
}

/** SQL that lays the session's temporary objects aside for a client: one transaction. */
export function layAside(clientId: number): string {
  const schema = waitingSchema(clientId);
  return [`CREATE SCHEMA IF NOT EXISTS ${schema}`, ...move(OWN, `'${schema}'::regnamespace`)].join(';\n');
}

/** SQL that brings them back. The emptied schema is kept for the next time. */
export function bringBack(clientId: number): string {
  return move(`'${waitingSchema(clientId)}'::regnamespace`, OWN).join(';\n');
}

/** The schemas that sessions of an earlier life of the engine have left. */
export const LEFT_BEHIND = "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname ~ '^pg_temp_[1-9][0-9]{3,}$'";
