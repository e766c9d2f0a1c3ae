import type { Catalog, Qualified, Table } from '../../catalog/index.ts';
import { AUDIT_LOG, AUDIT_TABLES } from '../../data/audit/log.ts';
import { type Driver, identifier, qualified } from '../../db/index.ts';
import { HutchError } from '../../errors/index.ts';
import { auditLabel } from './audit-label.ts';
import { tableNamed } from './counts.ts';
import type { HistoryEntry } from './shapes.ts';

/** Entries of one answer. */
const PAGE = 200;

/** Tables whose changes are recorded, by their name in the log, and since when (ISO 8601). Empty where there is no log. */
export async function auditedTables(driver: Driver): Promise<ReadonlyMap<string, string>> {
  const exists = `SELECT to_regclass('${AUDIT_TABLES}') IS NOT NULL`;
  const [found] = (await driver.query({ text: exists }, { label: 'studio' })).rows;
  if (found?.[0] !== 't') return new Map();
  const text = `SELECT table_name, to_json(since) #>> '{}' FROM ${AUDIT_TABLES}`;
  const { rows } = await driver.query({ text }, { label: 'studio' });
  return new Map(rows.map(([name, since]) => [name ?? '', since ?? '']));
}

const entries = `SELECT json_build_object('id', id, 'at', at, 'operation', operation, 'old', old, 'new', new, 'actor', actor,
  'role', role, 'requestId', request_id, 'transaction', txid::text)
FROM ${AUDIT_LOG} WHERE table_name = $1 AND row_key = $2 ORDER BY id DESC LIMIT ${PAGE}`;

/**
 * What happened to a row, newest first; the key is its primary key's columns with their values as text.
 * @throws HutchError `not_found`, `audit_missing`, `row_key_invalid`
 */
export async function rowHistory(
  driver: Driver,
  catalog: Catalog,
  name: Qualified,
  key: Readonly<Record<string, string>>,
): Promise<readonly HistoryEntry[]> {
  const table = tableNamed(catalog, name);
  if (!(await auditedTables(driver)).has(auditLabel(table)))
    throw new HutchError('audit_missing', { details: `${table.schema}.${table.name}` });
  const params = [auditLabel(table), await keyText(driver, table, key)];
  const { rows } = await driver.query({ text: entries, params }, { label: 'studio' });
  return rows.map(([json]): HistoryEntry => JSON.parse(json ?? 'null'));
}

/** As the trigger writes keys: the value of a single column, an array of several in the order of the constraint. */
async function keyText(driver: Driver, table: Table, key: Readonly<Record<string, string>>): Promise<string> {
  const columns = await keyColumns(driver, table);
  const values = columns.map((column) => {
    const value = key[column];
    if (value === undefined) throw new HutchError('row_key_invalid', { details: `It lacks ${column}`, field: column });
    return value;
  });
  if (values.length === 1) return values[0] ?? '';
  const typed = columns.map((name, index) => `$${index + 1}::${table.columns.get(name)?.type ?? 'text'}`);
  const text = `SELECT jsonb_build_array(${typed.join(', ')})::text`;
  const [row] = (await driver.query({ text, params: values, prepare: false }, { label: 'studio' })).rows;
  return row?.[0] ?? '';
}

/** The catalog has a primary key's columns in alphabetical order; the log has them in the constraint's. */
async function keyColumns(driver: Driver, table: Table): Promise<readonly string[]> {
  if (table.primaryKey.length < 2) return table.primaryKey;
  const text = `SELECT a.attname FROM pg_constraint c, unnest(c.conkey) WITH ORDINALITY k(num, at)
JOIN pg_attribute a ON a.attnum = k.num AND a.attrelid = $1::oid WHERE c.conrelid = $1::oid AND c.contype = 'p' ORDER BY k.at`;
  const { rows } = await driver.query({ text, params: [String(table.oid)] }, { label: 'studio' });
  return rows.map(([name]) => name ?? '');
}

/** The row as JSON text, whoever may see it, or null where it is gone. */
export async function currentRow(
  driver: Driver,
  catalog: Catalog,
  name: Qualified,
  key: Readonly<Record<string, string>>,
): Promise<string | null> {
  const table = tableNamed(catalog, name);
  const where = table.primaryKey.map(
    (column, index) => `${identifier(column)} = $${index + 1}::${table.columns.get(column)?.type ?? 'text'}`,
  );
  if (where.length === 0) throw new HutchError('primary_key_missing', { details: `${table.schema}.${table.name}` });
  const text = `SELECT to_json(t)::text FROM ${qualified(table.schema, table.name)} t WHERE ${where.join(' AND ')}`;
  const params = table.primaryKey.map((column) => key[column] ?? null);
  const { rows } = await driver.query({ text, params, prepare: false }, { label: 'studio' });
  return rows[0]?.[0] ?? null;
}
