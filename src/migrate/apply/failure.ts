import type { DatabaseError } from '../../db/driver.ts';
import { roleHint } from '../files/roles.ts';
import { placeOf, type SqlStatement } from '../files/statements.ts';
import type { Failure } from './events.ts';

/** Puts a refused statement in its place in its file; where Postgres points into the statement, exactly there. */
export function failureOf(
  task: { readonly name: string; readonly file: string; readonly sql: string },
  statement: SqlStatement,
  error: DatabaseError,
  kept: number,
): Failure {
  const into = error.fields.position === undefined ? 0 : characters(statement.text, error.fields.position - 1);
  return {
    name: task.name,
    file: task.file,
    place: placeOf(task.sql, statement.offset + into),
    statement: statement.text,
    code: error.code,
    message: error.message,
    detail: error.fields.detail,
    hint: error.fields.hint ?? roleHint(error.message) ?? undefined,
    kept,
  };
}

/** Postgres counts characters, JavaScript UTF-16 units. */
function characters(text: string, count: number): number {
  return [...text].slice(0, Math.max(0, count)).join('').length;
}
