import { getColumns, type InferSelectModel, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '../database.ts';
import type { RowKey } from '../table/row-keys.ts';
import { shapeOf } from '../table/shape.ts';
import { type AuditPlan, requireAudit } from './audited.ts';
import { AUDIT_LOG } from './log.ts';
import { renamed, rowKeyOf, tableName } from './row-query.ts';

/** One recorded change of one row. */
export interface Change<Row> {
  /** Rises with time within a row. */
  readonly id: number;
  readonly at: Date;
  readonly operation: 'INSERT' | 'UPDATE' | 'DELETE';
  /** Values before: all for a DELETE, the changed ones for an UPDATE, none for an INSERT. Masked columns are left out. */
  readonly old: Partial<Row>;
  /** Values after: all for an INSERT, the changed ones for an UPDATE, none for a DELETE. Masked columns are left out. */
  readonly new: Partial<Row>;
  /** Names of the columns that changed, masked ones included. */
  readonly changed: readonly (keyof Row & string)[];
  /** `sub` of the claims; null where nobody was signed in. */
  readonly actor: string | null;
  /** The database role. */
  readonly role: string;
  readonly requestId: string | null;
  /** The same for all that was written in one transaction. */
  readonly transaction: number;
}

export interface HistoryOptions {
  /** At most this many changes, the newest ones. Default 100. */
  readonly limit?: number;
  /** Only changes older than the one with this id: for the next page. */
  readonly before?: number;
}

const DEFAULT_LIMIT = 100;

/**
 * What happened to a row, newest first.
 *
 * @example
 * const [last] = await history(db, tickets, 42);
 * // last.old.status, last.new.status, last.actor, last.at
 * @throws HutchError `audit_missing`, `row_key_invalid`
 */
export async function history<T extends PgTable>(
  db: Database,
  table: T,
  key: RowKey<T>,
  options: HistoryOptions = {},
): Promise<Change<InferSelectModel<T>>[]> {
  const plan = requireAudit(table);
  const older = options.before === undefined ? sql`` : sql` and id < ${options.before}`;
  const entries = sql`(select id, at, operation, actor, role, request_id, txid,
      ${renamed(table, sql`old`)} as old, ${renamed(table, sql`new`)} as new from ${sql.raw(AUDIT_LOG)}
    where table_name = ${tableName(table)} and row_key = ${rowKeyOf(table, key)}${older}
    order by id desc limit ${options.limit ?? DEFAULT_LIMIT}) a,
    lateral ${populated(table, sql`a.old`, plan)} as "before", lateral ${populated(table, sql`a.new`, plan)} as "after"`;
  const rows = await db
    .select({
      entry: entryFields,
      before: columnsFrom(table, 'before'),
      after: columnsFrom(table, 'after'),
    })
    .from(entries)
    .orderBy(sql`a.id desc`);
  return rows.map((row) => changeOf<T>(table, plan, row));
}

const entryFields = {
  id: sql`a.id`.mapWith(Number),
  at: sql`extract(epoch from a.at) * 1000`.mapWith((milliseconds) => new Date(Number(milliseconds))),
  operation: sql<'INSERT' | 'UPDATE' | 'DELETE'>`a.operation`,
  oldNames: sql<string>`coalesce((select string_agg(k, chr(10)) from jsonb_object_keys(a.old) k), '')`,
  newNames: sql<string>`coalesce((select string_agg(k, chr(10)) from jsonb_object_keys(a.new) k), '')`,
  actor: sql<string | null>`a.actor`,
  role: sql<string>`a.role`,
  requestId: sql<string | null>`a.request_id`,
  transaction: sql`a.txid`.mapWith(Number),
};

/** The table's columns taken from another relation of its row type, decoded as its own. */
export function columnsFrom(table: PgTable, relation: string): Record<string, SQL> {
  const columns = Object.entries(getColumns(table));
  return Object.fromEntries(
    columns.map(([name, column]) => [
      name,
      sql`${sql.identifier(relation)}.${sql.identifier(column.name)}`.mapWith(column),
    ]),
  );
}

/** Recorded values as a row of the table, so that they're decoded as any other row. What is masked is no value of its type. */
export function populated(table: PgTable, values: SQL, { masked }: AuditPlan): SQL {
  const shown = masked.size === 0 ? values : sql`(${values}) - ${sql.param([...masked])}::text[]`;
  return sql`jsonb_populate_record(null::${sql.raw(shapeOf(table).sql)}, ${shown})`;
}

interface Selected {
  readonly entry: Omit<Change<unknown>, 'old' | 'new' | 'changed'> & {
    readonly oldNames: string;
    readonly newNames: string;
  };
  readonly before: unknown;
  readonly after: unknown;
}

function changeOf<T extends PgTable>(table: T, plan: AuditPlan, row: Selected): Change<InferSelectModel<T>> {
  const { oldNames, newNames, ...entry } = row.entry;
  const names = new Set([...oldNames.split('\n'), ...newNames.split('\n')]);
  const columns = Object.entries(getColumns(table));
  return {
    ...entry,
    old: shownValues(columns, plan, row.before, new Set(oldNames.split('\n'))),
    new: shownValues(columns, plan, row.after, new Set(newNames.split('\n'))),
    changed: columns.filter(([, column]) => names.has(column.name)).map(([property]) => property),
  };
}

type NamedColumn = readonly [string, PgColumn];

/** Only what the entry recorded: a column that isn't there and one that was null are different things. */
function shownValues<Row>(
  columns: readonly NamedColumn[],
  { masked }: AuditPlan,
  values: unknown,
  names: ReadonlySet<string>,
): Partial<Row> {
  const source = typeof values === 'object' && values !== null ? values : {};
  const shown = columns.filter(([, column]) => names.has(column.name) && !masked.has(column.name));
  // The values come from the row's own columns, by their own names.
  return Object.fromEntries(shown.map(([property]) => [property, Reflect.get(source, property)])) as Partial<Row>;
}
