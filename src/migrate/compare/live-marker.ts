import type { Executor } from '../../db/driver.ts';
import { identifier, literal, qualified } from '../../db/quoting.ts';
import { isAbsent } from '../apply/ledger.ts';
import type { LedgerName } from '../project/project.ts';

/** What push and live schema have applied to a development database and no migration holds yet. */
const tableOf = (ledger: LedgerName): string => qualified(ledger.schema, '__hutch_live');

export function recordLive(ledger: LedgerName, sql: string): string {
  return `CREATE SCHEMA IF NOT EXISTS ${identifier(ledger.schema)};
CREATE TABLE IF NOT EXISTS ${tableOf(ledger)} (id serial PRIMARY KEY, sql text NOT NULL, at timestamp with time zone NOT NULL DEFAULT now());
INSERT INTO ${tableOf(ledger)} (sql) VALUES (${literal(sql)})`;
}

export const clearLive = (ledger: LedgerName): string => `DELETE FROM ${tableOf(ledger)}`;

/** In the order in which they were applied; none where nothing was ever pushed. */
export async function liveStatements(executor: Executor, ledger: LedgerName): Promise<readonly string[]> {
  try {
    const result = await executor.query({ text: `select sql from ${tableOf(ledger)} order by id`, prepare: false });
    return result.rows.map(([sql]) => sql ?? '');
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
