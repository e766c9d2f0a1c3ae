import type { PgColumn } from 'drizzle-orm/pg-core';
import type { DatabaseObject } from '../../db/object.ts';
import { identifier, literal } from '../../db/quoting.ts';
import { HutchError } from '../../errors/index.ts';
import { claimText } from '../columns/claims.ts';
import { markOf } from '../columns/mark.ts';
import { functionFor } from '../table/names.ts';
import type { TableShape } from '../table/shape.ts';
import { createTrigger, dropFunction, dropTrigger, type TriggerText, triggerFunction } from '../table/trigger.ts';
import { type AuditPlan, auditPlanOf } from './audited.ts';
import {
  AUDIT_COLUMNS,
  AUDIT_LOG,
  AUDIT_TABLES,
  auditLog,
  auditPartitions,
  auditRenamed,
  auditRetention,
  ENSURE,
} from './log.ts';

/** What stands in the log for a value that isn't shown. */
export const MASK = '***';

/**
 * The change log and a trigger for each audited table. One row for each row that was inserted, updated or deleted: the table, the
 * row's key, old and new values (all of them for inserts and deletes, the changed ones for updates), the actor
 * (`sub` of the claims), role, request, transaction and time. An update that changes nothing recorded leaves no entry.
 *
 * The trigger compares column by column instead of taking whole rows apart as JSON, which halves its cost.
 */
export function auditObjects(tables: readonly TableShape[]): readonly DatabaseObject[] {
  const objects = tables.flatMap((table) => {
    const plan = auditPlanOf(table.table);
    return plan ? [auditObject(table, plan)] : [];
  });
  return objects.length > 0 ? [auditLog, auditRenamed, auditPartitions, auditRetention, ...objects] : [];
}

function auditObject(table: TableShape, plan: AuditPlan): DatabaseObject {
  if (table.key.length === 0)
    throw new HutchError('primary_key_missing', { details: `"${table.label}" is audited, and so needs one.` });
  const trigger: TriggerText = {
    name: 'hutch_audit',
    on: 'AFTER INSERT OR UPDATE OR DELETE',
    each: 'FOR EACH ROW',
    calls: functionFor('audit', table),
  };
  const since = `INSERT INTO ${AUDIT_TABLES} VALUES (${literal(table.label)}, now()) ON CONFLICT DO NOTHING`;
  return {
    name: `${table.label}.audit`,
    up: `${triggerFunction(trigger.calls, body(table, plan))};\n${createTrigger(table, trigger)};\n${since};\n${namesOf(table)}`,
    down: `${dropTrigger(table, trigger.name)};\n${dropFunction(trigger.calls)};
DO $$ BEGIN
  IF to_regclass('${AUDIT_TABLES}') IS NOT NULL THEN DELETE FROM ${AUDIT_TABLES} WHERE table_name = ${literal(table.label)}; END IF;
END $$`,
    dependsOn: [ENSURE],
  };
}

/** Whatever a column is called from now on. */
function namesOf(table: TableShape): string {
  return `INSERT INTO ${AUDIT_COLUMNS} (relation, number, name)
SELECT attrelid, attnum, attname FROM pg_attribute a
WHERE attrelid = ${literal(table.sql)}::regclass AND attnum > 0 AND NOT attisdropped AND attname IS DISTINCT FROM (
  SELECT name FROM ${AUDIT_COLUMNS} WHERE relation = attrelid AND number = attnum ORDER BY since DESC LIMIT 1)
ON CONFLICT (relation, number, since) DO UPDATE SET name = excluded.name`;
}

function body(table: TableShape, plan: AuditPlan): string {
  const kept = plan.columns.filter(isKeptByDatabase);
  const told = plan.columns.filter((it) => !kept.includes(it));
  return `DECLARE
  before jsonb;
  after jsonb;
  month text := to_char(now() AT TIME ZONE 'UTC', 'YYYYMM');
BEGIN
  IF TG_OP = 'UPDATE' THEN
    before := '{}';
    after := '{}';
${told.map((it) => recordChange(it, plan)).join('\n')}
    IF after = '{}' THEN RETURN NULL; END IF;
${kept.map((it) => recordChange(it, plan)).join('\n')}
  ELSIF TG_OP = 'INSERT' THEN
    after := ${wholeRow(plan, 'NEW')};
  ELSE
    before := ${wholeRow(plan, 'OLD')};
  END IF;
  IF current_setting('hutch.audit_month', true) IS DISTINCT FROM month THEN PERFORM ${ENSURE}(month); END IF;
  INSERT INTO ${AUDIT_LOG} (table_name, row_key, operation, old, new, actor, role, request_id, txid) VALUES (
    ${literal(table.label)}, CASE WHEN TG_OP = 'DELETE' THEN ${rowKeyText(table, 'OLD.')} ELSE ${rowKeyText(table, 'NEW.')} END, TG_OP, before, after,
    ${claimText('sub')},
    coalesce(nullif(current_setting('role'), 'none'), session_user),
    coalesce(nullif(current_setting('hutch.request_id', true), ''), nullif(current_setting('request.headers', true), '')::json ->> 'x-request-id'),
    txid_current());
  RETURN NULL;
END`;
}

/** These follow from a change and are recorded with it, but are no change by themselves. */
function isKeptByDatabase(column: PgColumn): boolean {
  const kind = markOf(column)?.kind;
  return kind === 'updatedAt' || kind === 'updatedBy';
}

/** A row's key as text, the same for the trigger and for whoever looks it up. */
export function rowKeyText({ key }: TableShape, row: string): string {
  const [single] = key;
  if (single !== undefined && key.length === 1) return `${row}${identifier(single)}::text`;
  return `jsonb_build_array(${key.map((name) => `${row}${identifier(name)}`).join(', ')})::text`;
}

function recordChange(column: PgColumn, { masked }: AuditPlan): string {
  const name = identifier(column.name);
  const cast = hasEquality(column) ? '' : '::text';
  const shown = (row: string) => `jsonb_build_object(${literal(column.name)}, ${valueText(column, row, masked)})`;
  return `    IF NEW.${name}${cast} IS DISTINCT FROM OLD.${name}${cast} THEN
      before := before || ${shown('OLD')};
      after := after || ${shown('NEW')};
    END IF;`;
}

function wholeRow({ columns, masked }: AuditPlan, row: string): string {
  return pieces(columns.map((it) => `${literal(it.name)}, ${valueText(it, row, masked)}`))
    .map((pairs) => `jsonb_build_object(${pairs.join(', ')})`)
    .join(' || ');
}

/** A function takes at most 100 arguments. */
function pieces(pairs: readonly string[]): readonly (readonly string[])[] {
  const size = 50;
  const count = Math.max(1, Math.ceil(pairs.length / size));
  return Array.from({ length: count }, (_, index) => pairs.slice(index * size, (index + 1) * size));
}

function valueText(column: PgColumn, row: string, masked: ReadonlySet<string>): string {
  const value = `${row}.${identifier(column.name)}`;
  return masked.has(column.name) ? `CASE WHEN ${value} IS NOT NULL THEN ${literal(MASK)} END` : value;
}

/** Types that Postgres can't compare for equality. */
const hasEquality = (column: PgColumn): boolean => !/^(json|xml|point|box|polygon|line)\b/.test(column.getSQLType());
