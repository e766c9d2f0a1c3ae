import type { Session } from '../../db/driver.ts';
import { literal } from '../../db/quoting.ts';
import type { SqlStatement } from '../files/statements.ts';

const NAMED_INDEX = /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY (?:IF NOT EXISTS )?(\S+) ON\b/i;

/**
 * After an interrupted `CREATE INDEX CONCURRENTLY`: a valid index means that it had been built (true); an invalid one is what
 * a broken build leaves behind, and is dropped so that the statement can run again.
 */
export async function settleIndex(session: Session, statement: SqlStatement | undefined): Promise<boolean> {
  const name = NAMED_INDEX.exec((statement?.text ?? '').replace(/\s+/g, ' '))?.[1];
  if (name === undefined) return false;
  const text = `select indisvalid, indexrelid::regclass::text from pg_index where indexrelid = to_regclass(${literal(name)})`;
  const [valid, index] = (await session.query({ text, prepare: false })).rows[0] ?? [];
  if (valid === 'f') await session.query({ text: `DROP INDEX CONCURRENTLY ${index}`, prepare: false });
  return valid === 't';
}
