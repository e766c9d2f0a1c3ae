import type { Lease, Row } from '../../db/index.ts';
import { DATA_ROW, ERROR, readError, readRow } from '../../db/protocol/backend.ts';
import { query } from '../../db/protocol/frontend.ts';
import { Writer } from '../../db/protocol/writer.ts';

/**
 * Runs SQL of the port's own on a lease; all rows of all statements. Each text is a query by itself, and so a transaction where none is
 * open. Rejects with the first error that Postgres reports.
 */
export async function runSql(lease: Lease, texts: readonly string[]): Promise<readonly Row[]> {
  const asked = texts.filter((text) => text !== '');
  if (asked.length === 0) return [];
  const writer = new Writer();
  for (const text of asked) query(writer, text);
  const rows: Row[] = [];
  const errors: Error[] = [];
  await lease.exchange(writer.take(), (type, buffer, start) => {
    if (type === DATA_ROW) rows.push(readRow(buffer, start));
    if (type === ERROR) errors.push(readError(buffer, start));
  });
  const [error] = errors;
  if (error !== undefined) throw error;
  return rows;
}

export const joined = (statements: readonly string[]): string => statements.join(';\n');
