import { getColumns, type InferSelectModel, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import type { RowKey } from '../table/row-keys.ts';
import { shapeOf } from '../table/shape.ts';
import { type AuditPlan, requireAudit } from './audited.ts';
import { columnsFrom, populated } from './history.ts';
import { AUDIT_LOG, AUDIT_TABLES } from './log.ts';
import { hasKey, renamed, rowKeyOf, tableName } from './row-query.ts';

/**
 * A row as it was at a moment: undefined where it did not exist then. Taken from the row as it is now and undone backwards, so
 * rows from before the recording began are known too, as long as the moment itself is within it. Columns that aren't
 * recorded, or only masked, are left out. A moment is a whole millisecond, as long as a `Date` can tell: changes within it have happened.
 *
 * @example
 * const yesterday = await rowAt(db, tickets, 42, new Date(Date.now() - 86_400_000));
 * @throws HutchError `audit_missing`, `audit_incomplete` for a moment before the recording, `row_key_invalid`
 */
export async function rowAt<T extends PgTable>(
  db: Database,
  table: T,
  key: RowKey<T>,
  moment: Date,
): Promise<Partial<InferSelectModel<T>> | undefined> {
  const plan = requireAudit(table);
  if (Number.isNaN(moment.getTime()))
    throw new HutchError('row_invalid_value', { details: 'The moment is no date.', field: 'moment' });
  const [row] = await db
    .select({ state, since, row: columnsFrom(table, 'past') })
    .from(pastOf(table, plan, key, moment));
  if (row?.state === 'unknown') throw incomplete(table, row.since);
  if (row?.state !== 'there') return undefined;
  return recordedValues<T>(table, plan, row.row);
}

const state = sql<'there' | 'absent' | 'unknown'>`states.state`;
const since = sql`extract(epoch from states.since) * 1000`.mapWith((milliseconds) => new Date(Number(milliseconds)));

/** One row: whether the table's row was there, and what it held. */
function pastOf<T extends PgTable>(table: T, plan: AuditPlan, key: RowKey<T>, moment: Date) {
  const log = sql.raw(AUDIT_LOG);
  const then = sql`${moment.toISOString()}::timestamptz`;
  const unrecorded = unrecordedNames(table, plan);
  return sql`(
    with later as materialized (
      select id, operation, ${renamed(table, sql`old`)} as old from ${log}
      where table_name = ${tableName(table)} and row_key = ${rowKeyOf(table, key)} and at >= ${then} + interval '1 millisecond'
    ), present as (
      select to_jsonb(it) - ${sql.param(unrecorded)}::text[] as row from ${sql.raw(shapeOf(table).sql)} it
      where ${hasKey(table, key, 'it')}
    ), undone as (
      select coalesce((select row from present), '{}') || coalesce(jsonb_object_agg(key, value order by later.id desc), '{}') as row
      from later, jsonb_each(later.old)
    ), first as (select operation from later order by id limit 1)
    select undone.row, recorded.since, case
      when recorded.since is null or ${then} < recorded.since then 'unknown'
      when coalesce((select operation <> 'INSERT' from first), exists (select from present)) then 'there'
      else 'absent' end as state
    from undone left join ${sql.raw(AUDIT_TABLES)} recorded on recorded.table_name = ${tableName(table)}
  ) states, lateral ${populated(table, sql`states.row`, plan)} as "past"`;
}

function unrecordedNames(table: PgTable, { columns, masked }: AuditPlan): string[] {
  const recorded = new Set(columns.map((it) => it.name));
  return shapeOf(table)
    .columns.map((it) => it.name)
    .filter((name) => !recorded.has(name) || masked.has(name));
}

function recordedValues<T extends PgTable>(table: T, plan: AuditPlan, row: unknown): Partial<InferSelectModel<T>> {
  const hidden = new Set(unrecordedNames(table, plan));
  const source = typeof row === 'object' && row !== null ? row : {};
  const shown = Object.entries(getColumns(table)).filter(([, column]) => !hidden.has(column.name));
  // The values come from the row's own columns, by their own names.
  return Object.fromEntries(shown.map(([name]) => [name, Reflect.get(source, name)])) as Partial<InferSelectModel<T>>;
}

function incomplete(table: PgTable, since: Date): HutchError {
  const began = Number.isFinite(since.getTime()) && since.getTime() > 0 ? ` It begins at ${since.toISOString()}.` : '';
  return new HutchError('audit_incomplete', { details: `For "${shapeOf(table).label}".${began}`, field: 'moment' });
}
