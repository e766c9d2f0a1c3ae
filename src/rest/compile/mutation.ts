import type { DeletePlan, InsertPlan, MarkPlan, MutationPlan, Qualified, UpdatePlan } from '../plan/types.ts';
import { conditionSql } from './condition.ts';
import { mergePatchSql } from './merge-patch.ts';
import { bodyColumn, payloadFrom } from './payload.ts';
import { alias, column, type Parameters, qualified, quoteName } from './sql.ts';

export function mutationSql(plan: MutationPlan, params: Parameters): string {
  switch (plan.kind) {
    case 'insert':
      return insertSql(plan, params);
    case 'update':
      return plan.columns.length === 0 ? nothingUpdated(plan) : updateSql(plan, params);
    case 'delete':
      return deleteSql(plan, params);
    case 'mark':
      return markSql(plan, params);
  }
}

function insertSql(plan: InsertPlan, params: Parameters): string {
  const names = plan.columns.map((c) => quoteName(c.name)).join(', ');
  const selected = plan.columns.map((c) => bodyColumn(c.name)).join(', ');
  const from = payloadFrom({ ...plan, fields: plan.columns, first: false }, params);
  const target = `INSERT INTO ${qualified(plan.table)}${plan.columns.length === 0 ? '' : `(${names})`}`;
  const parts = [target, `SELECT ${selected}`, from, insertWhere(plan, params), onConflict(plan)];
  return join([...parts, returning(plan.table, plan.returning)]);
}

/** The rows really inserted are counted in a setting, so that an upsert knows whether it created anything (201 or 200). */
const COUNT_INSERTED = inserted('+', '0');
const UNCOUNT_UPDATED = inserted('-', '-1');

function inserted(sign: '+' | '-', never: string): string {
  const current = "coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0)";
  return `set_config('pgrst.inserted', (${current} ${sign} 1)::text, true) <> '${never}'`;
}

function insertWhere(plan: InsertPlan, params: Parameters): string {
  if (!countsInserted(plan)) return '';
  const put = plan.put.map((condition) => conditionSql(alias('pgrst_body'), condition, params));
  return `WHERE ${[COUNT_INSERTED, ...put].join(' AND ')}`;
}

const countsInserted = (plan: InsertPlan): boolean => plan.put.length > 0 || plan.countInserted;

function onConflict(plan: InsertPlan): string {
  if (plan.conflict === null || plan.conflict.columns.length === 0) return '';
  const { columns, where, revive } = plan.conflict;
  const target = `ON CONFLICT(${columns.map(quoteName).join(', ')})${where === null ? '' : ` WHERE ${where}`}`;
  if (!plan.conflict.merge || plan.columns.length === 0) return `${target} DO NOTHING`;
  const set = plan.columns.map((c) => `${quoteName(c.name)} = EXCLUDED.${quoteName(c.name)}`);
  return `${target} DO UPDATE SET ${[...set, ...revive.map(marked)].join(', ')}${countsInserted(plan) ? ` WHERE ${UNCOUNT_UPDATED}` : ''}`;
}

function updateSql(plan: UpdatePlan, params: Parameters): string {
  const set = plan.columns.map((c) => `${quoteName(c.name)} = ${changedValue(plan, c.name)}`).join(', ');
  const from = payloadFrom({ ...plan, fields: plan.columns, first: false }, params);
  const where = whereSql(plan, params);
  return join([`UPDATE ${qualified(plan.table)} SET ${set}`, from, where, returning(plan.table, plan.returning)]);
}

function changedValue(plan: UpdatePlan, name: string): string {
  const merge = plan.merges.find((candidate) => candidate.column === name);
  if (merge === undefined) return bodyColumn(name);
  const target = column(plan.table, name);
  if (merge.binary) return mergePatchSql(target, bodyColumn(name), merge.tree);
  return `${mergePatchSql(`${target}::jsonb`, `${bodyColumn(name)}::jsonb`, merge.tree)}::json`;
}

/** An empty body changes nothing; the columns are still named, so that `select=` finds them. */
function nothingUpdated(plan: UpdatePlan): string {
  const columns = plan.returning.map((name) => column(alias(plan.table.name), name));
  return `SELECT ${columns.length === 0 ? 'NULL' : columns.join(', ')} FROM ${qualified(plan.table)} WHERE false`;
}

function markSql(plan: MarkPlan, params: Parameters): string {
  const set = plan.set.map(marked).join(', ');
  const where = whereSql(plan, params);
  return join([`UPDATE ${qualified(plan.table)} SET ${set}`, where, returning(plan.table, plan.returning)]);
}

const MARKS = { now: 'now()', null: 'NULL', true: 'TRUE', false: 'FALSE' } as const;

const marked = ({ column: name, to }: MarkPlan['set'][number]): string => `${quoteName(name)} = ${MARKS[to]}`;

function deleteSql(plan: DeletePlan, params: Parameters): string {
  const where = whereSql(plan, params);
  return join([`DELETE FROM ${qualified(plan.table)}`, where, returning(plan.table, plan.returning)]);
}

function whereSql(plan: UpdatePlan | DeletePlan | MarkPlan, params: Parameters): string {
  if (plan.where.length === 0) return '';
  return `WHERE ${plan.where.map((condition) => conditionSql(plan.table, condition, params)).join(' AND ')}`;
}

/** Without a representation 1 is returned for each row, to know how many there were. */
function returning(table: Qualified, names: readonly string[]): string {
  return names.length === 0 ? 'RETURNING 1' : `RETURNING ${names.map((name) => column(table, name)).join(', ')}`;
}

const join = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');
