import { identifier } from '../../db/quoting.ts';
import { skeleton, splitStatements } from '../files/statements.ts';
import type { ColumnEntity, SchemaState } from './entities.ts';
import { keyed } from './keyed.ts';

/**
 * What a migration takes that its way down can't give back, as reasons for people. `before` and `after` are states of one database, so a
 * renamed column is not taken for a dropped one.
 */
export function lossesOf(before: SchemaState, after: SchemaState, sql: string): readonly string[] {
  return [...droppedData(before, after), ...narrowedTypes(before, after), ...changedRows(before, after, sql)];
}

function droppedData(before: SchemaState, after: SchemaState): readonly string[] {
  const names = keyed(before);
  const tables = new Set(after.tables.map((it) => it.oid));
  const views = new Set(after.views.map((it) => it.oid));
  const columns = new Set(after.columns.map((it) => `${it.table}.${it.number}`));
  return [
    ...before.tables.flatMap((it) =>
      tables.has(it.oid) ? [] : [`the rows of ${names.relation(it.oid)} were dropped`],
    ),
    ...before.columns.flatMap((it) => {
      const isLost = tables.has(it.table) && !views.has(it.table) && !columns.has(`${it.table}.${it.number}`);
      return isLost && !it.generated
        ? [`the values of ${names.relation(it.table)}.${identifier(it.name)} were dropped`]
        : [];
    }),
  ];
}

function narrowedTypes(before: SchemaState, after: SchemaState): readonly string[] {
  const names = keyed(before);
  const now = new Map(after.columns.map((it) => [`${it.table}.${it.number}`, it]));
  return before.columns.flatMap((it) => {
    const then = now.get(`${it.table}.${it.number}`);
    if (!then || !losesPrecision(it, then)) return [];
    return [
      `${names.relation(it.table)}.${identifier(it.name)} went from ${it.type} to ${then.type}, which loses precision`,
    ];
  });
}

const ROUNDING: readonly (readonly [RegExp, RegExp])[] = [
  [/^(numeric|real|double precision)/, /^(smallint|integer|bigint)/],
  [/^timestamp/, /^(date|time)/],
  [/^double precision/, /^real/],
  [/^(jsonb?|text|character varying)/, /^boolean/],
  [/\[\]$/, /[^\]]$/],
];

function losesPrecision(from: ColumnEntity, to: ColumnEntity): boolean {
  if (from.type === to.type) return false;
  const length = (type: string) =>
    Number(/^character(?: varying)?\((\d+)\)/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY);
  const scale = (type: string) => Number(/^numeric\(\d+,(\d+)\)/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY);
  if (length(to.type) < length(from.type) || scale(to.type) < scale(from.type)) return true;
  // Text shows an array whole; every other single value shows one element of it.
  if (/^(text|character varying|jsonb?)/.test(to.type)) return false;
  return ROUNDING.some(([a, b]) => a.test(from.type) && b.test(to.type));
}

const NAME = '((?:"[^"]+"|\\w+)(?:\\.(?:"[^"]+"|\\w+))?)';
const UPDATE = new RegExp(`\\bUPDATE (?:ONLY )?${NAME}.*?\\bSET (.*)`, 'i');
const DELETE = new RegExp(`\\b(?:DELETE FROM|TRUNCATE(?: TABLE)?) (?:ONLY )?${NAME}`, 'i');
const INSERT = new RegExp(`\\bINSERT INTO ${NAME}`, 'i');

/** Rows that were there before and that the migration's own SQL changed. */
function changedRows(before: SchemaState, after: SchemaState, sql: string): readonly string[] {
  const had = new Map(before.tables.map((it) => [it.oid, it]));
  const names = new Map(after.tables.flatMap((it) => (had.has(it.oid) ? [[it.name, it.oid] as const] : [])));
  const old = new Map([...names, ...before.tables.map((it) => [it.name, it.oid] as const)]);
  const reasons = splitStatements(sql).flatMap(({ text }) => {
    const words = skeleton(text);
    if (/^DO\b/i.test(words))
      return /\b(update|delete|insert|truncate)\b/i.test(text) ? ['a DO block changes rows'] : [];
    if (!/^(WITH|UPDATE|DELETE|TRUNCATE|INSERT|MERGE)\b/i.test(words)) return [];
    return rowReasons(words, old, before);
  });
  return [...new Set(reasons)];
}

function rowReasons(words: string, old: ReadonlyMap<string, number>, before: SchemaState): readonly string[] {
  const bare = (name = '') => name.replace(/^.*\./, '').replaceAll('"', '');
  const reasons: string[] = [];
  const [, deleted] = DELETE.exec(words) ?? [];
  if (deleted && old.has(bare(deleted))) reasons.push(`rows of ${deleted} were deleted`);
  const [, inserted] = INSERT.exec(words) ?? [];
  if (inserted && old.has(bare(inserted))) reasons.push(`rows were added to ${inserted}, and stay`);
  const [, updated, set = ''] = UPDATE.exec(words) ?? [];
  const table = old.get(bare(updated));
  if (updated && table !== undefined && setsOldColumn(set, table, before))
    reasons.push(`values of ${updated} were overwritten`);
  return reasons;
}

/** A column that the migration itself adds may be filled freely: it goes again. */
function setsOldColumn(set: string, table: number, before: SchemaState): boolean {
  const columns = new Set(before.columns.filter((it) => it.table === table).map((it) => it.name));
  const assigned = [...set.matchAll(/(?:^|,)\s*\(?("[^"]+"|\w+)\s*(?:,|\)|=)/g)].map(([, name = '']) =>
    name.replaceAll('"', ''),
  );
  return assigned.length === 0 || assigned.some((it) => columns.has(it));
}
