import { DatabaseError } from '../../db/index.ts';
import { GUARD_MARK } from '../compile/statement.ts';
import { maxAffectedExceeded, notSingular, putKeyMismatch } from '../errors/request-errors.ts';

const BROKEN = new RegExp(`${GUARD_MARK}:([a-z-]+):(\\d+)`);

/** The mistake that a guard inside the statement found; undefined for any other error. */
export function brokenGuard(error: unknown): Error | undefined {
  if (!(error instanceof DatabaseError)) return undefined;
  const [, guard, rows] = BROKEN.exec(error.message) ?? [];
  switch (guard) {
    case 'singular':
      return notSingular(Number(rows));
    case 'put':
      return putKeyMismatch();
    case 'max-affected':
      return maxAffectedExceeded(Number(rows));
    default:
      return undefined;
  }
}
