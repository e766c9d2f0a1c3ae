import { identifier, literal } from '../../db/quoting.ts';
import type { Qualified, Value } from '../plan/types.ts';

/** Collects the parameters of one statement in the order in which its text names them. */
export class Parameters {
  readonly values: Value[] = [];

  /** The placeholder of one more parameter. Each use has its own, so that each takes its type from its own place. */
  add(value: Value): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** Postgres ends an identifier at NUL; so does the dialect. */
function untilNul(text: string): string {
  const nul = text.indexOf('\0');
  return nul < 0 ? text : text.slice(0, nul);
}

export const quoteName = (name: string): string => identifier(untilNul(name));

/** A string constant: for names and paths, which belong to a statement's shape; values are always parameters. */
export const quoteText = (text: string): string => literal(untilNul(text));

export function qualified(name: Qualified): string {
  return name.schema === '' ? quoteName(name.name) : `${quoteName(name.schema)}.${quoteName(name.name)}`;
}

export function column(table: Qualified, name: string): string {
  return `${qualified(table)}.${name === '*' ? '*' : quoteName(name)}`;
}

/** A name that is looked up in the statement itself: an alias or a common table expression. */
export const alias = (name: string): Qualified => ({ schema: '', name });
