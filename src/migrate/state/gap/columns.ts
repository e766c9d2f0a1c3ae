import { identifier } from '../../../db/quoting.ts';
import type { ColumnEntity, Identity } from '../entities.ts';
import { same } from '../keyed.ts';
import { type Step, step } from '../steps.ts';
import { type Decisions, isEnumRebuilt, type Retyped } from './decide.ts';
import { isInherited } from './drop.ts';
import { sequenceOptions } from './types.ts';

/** A column as CREATE TABLE and ADD COLUMN want it. */
export function columnDefinition(it: ColumnEntity): string {
  const parts = [
    identifier(it.name),
    it.type,
    it.collation && `COLLATE ${it.collation}`,
    it.default !== null && `DEFAULT ${it.default}`,
    it.generated && `GENERATED ALWAYS AS (${it.generated.expression}) ${it.generated.stored ? 'STORED' : 'VIRTUAL'}`,
    it.identity && identityClause(it.identity),
    it.notNull && 'NOT NULL',
  ];
  return parts.filter(Boolean).join(' ');
}

function identityClause(it: Identity): string {
  return `GENERATED ${it.always ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY (SEQUENCE NAME ${it.sequence} ${sequenceOptions(it)})`;
}

/** Columns of tables that both states have: added ones, then changed ones. */
export function alterColumns(decisions: Decisions): readonly Step[] {
  const { from, to } = decisions;
  const loosened = [...decisions.retyped.values()].flatMap((it) => dropDefault(decisions, it));
  const added = [...to.columns].flatMap(([key, it]) => {
    const table = to.relation(it.table);
    const isNew = from.tables.has(table) && (!from.columns.has(key) || decisions.rebuiltColumns.has(key));
    if (!isNew || isInheritedIn(decisions, it)) return [];
    return [step(`ALTER TABLE ${table} ADD COLUMN ${columnDefinition(it)}`)];
  });
  const retyped = [...decisions.retyped.values()].flatMap((it) => retype(decisions, it));
  const changed = [...to.columns].flatMap(([key, it]) => {
    const before = from.columns.get(key);
    return before && !decisions.rebuiltColumns.has(key)
      ? changeColumn(decisions, before, it, decisions.retyped.has(key))
      : [];
  });
  return [...loosened, ...added, ...retyped, ...changed];
}

const isInheritedIn = (decisions: Decisions, it: ColumnEntity): boolean =>
  isInherited({ ...decisions, from: decisions.to }, it);

function dropDefault({ from }: Decisions, { from: column }: Retyped): readonly Step[] {
  if (column.default === null) return [];
  return [step(`ALTER TABLE ${from.relation(column.table)} ALTER COLUMN ${identifier(column.name)} DROP DEFAULT`)];
}

/** An assignment cast first, which refuses what does not fit; then an explicit one; then by way of text. */
function retype(decisions: Decisions, it: Retyped): readonly Step[] {
  const { from, to } = it;
  if (isInheritedIn(decisions, to)) return [];
  const name = identifier(to.name);
  const collate = to.collation ? ` COLLATE ${to.collation}` : '';
  const head = `ALTER TABLE ${decisions.to.relation(to.table)} ALTER COLUMN ${name} SET DATA TYPE ${to.type}${collate}`;
  const isArray = from.type.endsWith('[]') && to.type.endsWith('[]');
  const viaText = `${head} USING ${name}::text${isArray ? '[]' : ''}::${to.type}`;
  if (isEnumRebuilt(decisions, from.type)) return [{ sql: viaText }];
  const toArray = `${head} USING CASE WHEN ${name} IS NULL THEN NULL ELSE ARRAY[${name}]::${to.type} END`;
  const fromArray = `${head} USING ${name}[1]::${to.type}`;
  const shaped =
    !from.type.endsWith('[]') && to.type.endsWith('[]')
      ? [toArray]
      : from.type.endsWith('[]') && !isArray
        ? [fromArray]
        : [];
  return [{ sql: head, instead: [`${head} USING ${name}::${to.type}`, viaText, ...shaped, `${head} USING NULL`] }];
}

function changeColumn(decisions: Decisions, from: ColumnEntity, to: ColumnEntity, retyped: boolean): readonly Step[] {
  const alter = `ALTER TABLE ${decisions.to.relation(to.table)} ALTER COLUMN ${identifier(to.name)}`;
  const steps: Step[] = [];
  const defaultNow = retyped ? null : from.default;
  if (from.identity && !to.identity) steps.push(step(`${alter} DROP IDENTITY`));
  if (defaultNow !== to.default)
    steps.push(step(to.default === null ? `${alter} DROP DEFAULT` : `${alter} SET DEFAULT ${to.default}`));
  if (from.notNull !== to.notNull) steps.push(step(`${alter} ${to.notNull ? 'SET' : 'DROP'} NOT NULL`));
  if (!from.identity && to.identity) steps.push(step(`${alter} ADD ${identityClause(to.identity)}`));
  if (from.identity && to.identity) steps.push(...changeIdentity(alter, from.identity, to.identity));
  return steps;
}

function changeIdentity(alter: string, from: Identity, to: Identity): readonly Step[] {
  const steps: Step[] = [];
  const bareName = to.sequence.slice(to.sequence.lastIndexOf('.') + 1);
  if (from.sequence !== to.sequence) steps.push(step(`ALTER SEQUENCE ${from.sequence} RENAME TO ${bareName}`));
  if (from.always !== to.always) steps.push(step(`${alter} SET GENERATED ${to.always ? 'ALWAYS' : 'BY DEFAULT'}`));
  if (!same(sequenceOptions(from), sequenceOptions(to))) {
    steps.push(step(`ALTER SEQUENCE ${to.sequence} ${sequenceOptions(to)}`));
  }
  return steps;
}
