import { DatabaseError, type Executor, type Row } from '../../db/driver.ts';
import { identifier, literal } from '../../db/quoting.ts';
import { type LedgerName, tableOf } from '../project/project.ts';

/** A row of the ledger. */
export interface LedgerRow {
  readonly id: number;
  /** SHA-256 of the file as it was applied. */
  readonly hash: string;
  /** Milliseconds since the epoch, from the file's name; not when it was applied. */
  readonly createdAt: number;
  /** null in rows that drizzle-orm before 1.0 wrote. */
  readonly name: string | null;
  /** When it was applied, as Postgres prints it; null where that is not known. */
  readonly appliedAt: string | null;
}

export interface Ledger {
  /** `old`: drizzle-orm's three columns from before 1.0. */
  readonly state: 'absent' | 'old' | 'current';
  readonly rows: readonly LedgerRow[];
}

const UNDEFINED_TABLE = '42P01';
const UNDEFINED_COLUMN = '42703';
const INVALID_SCHEMA = '3F000';

/** One query where the ledger exists in its present form or not at all; two for the form before drizzle-orm 1.0. */
export async function readLedger(executor: Executor, ledger: LedgerName): Promise<Ledger> {
  try {
    return { state: 'current', rows: await rowsOf(executor, ledger, 'name, applied_at') };
  } catch (error) {
    if (isAbsent(error)) return { state: 'absent', rows: [] };
    if (!(error instanceof DatabaseError && error.code === UNDEFINED_COLUMN)) throw error;
    return { state: 'old', rows: await rowsOf(executor, ledger, 'null, null') };
  }
}

/** Whether a query failed because its table, or the schema of that, has never been made. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof DatabaseError && (error.code === UNDEFINED_TABLE || error.code === INVALID_SCHEMA);

async function rowsOf(executor: Executor, ledger: LedgerName, extra: string): Promise<readonly LedgerRow[]> {
  const text = `select id, hash, created_at, ${extra} from ${tableOf(ledger)} order by id`;
  const result = await executor.query({ text, prepare: false });
  return result.rows.map(ledgerRow);
}

function ledgerRow(row: Row): LedgerRow {
  const [id, hash, createdAt, name, appliedAt] = row;
  return {
    id: Number(id),
    hash: hash ?? '',
    createdAt: Number(createdAt ?? 0),
    name: name ?? null,
    appliedAt: appliedAt ?? null,
  };
}

/** SQL that makes the ledger as drizzle-orm 1.0 makes it; harmless where it exists. */
export function createLedger(ledger: LedgerName): string {
  return `CREATE SCHEMA IF NOT EXISTS ${identifier(ledger.schema)};
CREATE TABLE IF NOT EXISTS ${tableOf(ledger)} (
  id SERIAL PRIMARY KEY,
  hash text NOT NULL,
  created_at bigint,
  name text,
  applied_at timestamp with time zone DEFAULT now()
)`;
}

/** SQL that brings a ledger from before drizzle-orm 1.0 to the present form, naming the rows that are known. */
export function upgradeLedger(ledger: LedgerName, names: ReadonlyMap<number, string>): string {
  const table = tableOf(ledger);
  const updates = [...names].map(
    ([id, name]) => `UPDATE ${table} SET name = ${literal(name)}, applied_at = NULL WHERE id = ${id}`,
  );
  return [
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS name text`,
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS applied_at timestamp with time zone DEFAULT now()`,
    ...updates,
  ].join(';\n');
}

export interface LedgerEntry {
  readonly name: string;
  readonly hash: string;
  readonly createdAt: number;
}

export function recordApplied(ledger: LedgerName, entry: LedgerEntry): string {
  const values = `${literal(entry.hash)}, ${entry.createdAt}, ${literal(entry.name)}`;
  return `INSERT INTO ${tableOf(ledger)} (hash, created_at, name) VALUES (${values})`;
}

export function recordReverted(ledger: LedgerName, id: number): string {
  return `DELETE FROM ${tableOf(ledger)} WHERE id = ${id}`;
}
