import { DatabaseError, type Transaction } from '../../db/index.ts';
import { isRefusedByClient } from '../errors/database-errors.ts';
import { DialectError, isDialectError } from '../errors/dialect-error.ts';
import type { BodyRow } from '../parse/body-row.ts';

/** Classes of errors that a row can be the cause of: its values, its keys, its checks, a policy, what a trigger raises. */
const OF_A_ROW = /^(21|22|23|42501|44|54|P0|PT|PGRST)/;

const isOfARow = (error: DatabaseError): boolean => OF_A_ROW.test(error.code) || isRefusedByClient(error);

const UNDONE = new Error('It was tried, and nothing of it is to stay');

/** Rows of one statement, and how to run it on some of them. */
interface Failed {
  readonly rows: readonly BodyRow[];
  readonly error: unknown;
  insert(tx: Transaction, rows: readonly BodyRow[]): Promise<unknown>;
}

/**
 * The first row with which a statement fails, and how. Postgres does not tell, so beginnings of the rows are tried, each in a savepoint
 * that is undone: half of them, then half of what is left. `tx` is as it was before the statement.
 */
export async function culprit(tx: Transaction, { rows, error, insert }: Failed): Promise<Blame> {
  if (!(error instanceof DatabaseError) || !isOfARow(error)) return { error, line: null };
  let [good, bad] = [0, rows.length];
  let reason: unknown = error;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const failed = await failure(tx, () => insert(tx, rows.slice(0, middle)));
    if (failed === UNDONE) good = middle;
    else [bad, reason] = [middle, failed];
  }
  return { error: reason, line: rows[bad - 1]?.line ?? null };
}

export interface Blame {
  readonly error: unknown;
  readonly line: number | null;
}

async function failure(tx: Transaction, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await tx.savepoint(async () => {
      await work();
      throw UNDONE;
    });
  } catch (error) {
    return error;
  }
}

/** The answer to an error, with the line that caused it. */
export function atLine(error: unknown, line: number | null): unknown {
  if (line === null || !isDialectError(error)) return error;
  const { status, code, message, details, hint, statusText, headers } = error;
  const where = `Line ${line} of the body`;
  return new DialectError(status, code, message, {
    details: details === null ? `${where}.` : typeof details === 'string' ? `${where}: ${details}` : details,
    hint,
    statusText,
    headers,
    cause: error,
  });
}
