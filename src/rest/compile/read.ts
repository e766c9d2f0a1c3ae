import { plain, unknownField } from '../plan/resolve.ts';
import type { Condition, Embed, JoinCondition, Qualified, ReadPlan, SelectField, Value } from '../plan/types.ts';
import { conditionSql } from './condition.ts';
import { groupTerm, orderBy, selectItem, spreadGroupTerms, spreadItem, spreadList } from './field.ts';
import { alias, column, type Parameters, qualified, quoteName } from './sql.ts';

const ALL_COLUMNS = plain(unknownField('*'));

/**
 * The rows of a node. Those of a page are cut to it first; the embeds are joined laterally to what is left. The order is said once more, for
 * a join promises none: Postgres knows that rows come out of nested loops as they went in, and sorts nothing.
 */
export function readSql(node: ReadPlan, params: Parameters): string {
  if (node.page === null) return rangesSql(node, params);
  const table = alias(node.page.alias);
  const rows = rangesSql(withoutEmbeds(node, node.page.select), params);
  const parts = [
    `SELECT ${selectList(node, table, params)}`,
    `FROM ( ${rows} ) AS ${qualified(table)}`,
    ...node.embeds.map((embed) => joinSql(embed, childOf(node, embed), params)),
    orderBy(table, node.order, params),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** The rows of a page alone. */
export function withoutEmbeds(node: ReadPlan, select: readonly SelectField[]): ReadPlan {
  return { ...node, select, page: null, spread: null, embeds: [], children: [] };
}

/**
 * Where a cursor is followed by several ranges of an index, each is read in order and no further than the page goes;
 * Postgres appends them in turn (what has a limit is not read in parallel) and stops at the limit around them. One condition for all ranges
 * would have it pass over rows.
 */
function rangesSql(node: ReadPlan, params: Parameters): string {
  const within = node.range?.within ?? null;
  if (node.start.length < 2 && within === null) return rowsSql(node, node.start, params);
  const range = { limit: within ?? node.range?.limit ?? UNLIMITED, offset: null, within: null };
  const starts = node.start.length === 0 ? [[]] : node.start.map((start) => [start]);
  const ranges = starts.map((start) => `(${rowsSql({ ...node, range }, start, params)})`);
  return [`SELECT * FROM (${ranges.join(' UNION ALL ')}) pgrst_ranges`, rangeSql(node, params)].join(' ');
}

/** More rows than there are, but a limit. */
const UNLIMITED: Value = { from: 'text', text: String(2n ** 63n - 1n) };

/** The rows that one condition starts, embeds joined laterally: each embed runs once for each row of its parent. */
function rowsSql(node: ReadPlan, start: readonly Condition[], params: Parameters): string {
  const table = nameInStatement(node);
  const parts = [
    `SELECT ${selectList(node, table, params)}`,
    fromSql(node),
    ...node.embeds.map((embed) => joinSql(embed, childOf(node, embed), params)),
    whereSql(
      [...node.where, ...start].map((condition) => conditionSql(table, condition, params)),
      node.joins,
    ),
    groupBy(node, table, params),
    orderBy(table, node.order, params),
    rangeSql(node, params),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/**
 * One row for each row of the root, without its range: what an exact count counts. Inner-joined embeds become `EXISTS`, since
 * a join would multiply the rows; nothing that is only shown is computed.
 */
export function countSql(node: ReadPlan, params: Parameters): string {
  const table = nameInStatement(node);
  const from = fromSql(node);
  const embedTest = (embed: string, not: boolean) => existence(node, embed, not, params);
  const where = node.where.map((condition) => conditionSql(table, condition, params, embedTest));
  const joins = node.joins.map(joinCondition);
  const inner = node.children.filter((child) => child.inner).map((child) => `EXISTS (${countSql(child, params)})`);
  return `SELECT 1 ${[from, conjunction([...where, ...joins, ...inner])].filter((part) => part !== '').join(' ')}`;
}

function existence(node: ReadPlan, embed: string, not: boolean, params: Parameters): string {
  const child = node.children.find((candidate) => candidate.aggAlias === embed);
  return child === undefined ? 'TRUE' : `${not ? '' : 'NOT '}EXISTS (${countSql(child, params)})`;
}

const conjunction = (terms: readonly string[]): string => (terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`);

function whereSql(conditions: readonly string[], joins: readonly JoinCondition[]): string {
  return conjunction([...conditions, ...joins.map(joinCondition)]);
}

function joinCondition({ left, right, lookup }: JoinCondition): string {
  const parent = column(right.table, right.column);
  return `${column(left.table, left.column)} = ${lookup ? `ANY (ARRAY[${parent}])` : parent}`;
}

/** The name by which a node's columns are reached. */
function nameInStatement(node: ReadPlan): Qualified {
  if (node.alias !== null) return alias(node.alias);
  return node.source.kind === 'function' ? alias(node.source.name.name) : node.source.name;
}

function fromSql(node: ReadPlan): string {
  const as = node.alias === null ? '' : ` AS ${quoteName(node.alias)}`;
  if (node.source.kind === 'function') {
    const { name, argument, table } = node.source;
    return `FROM ${qualified(name)}(${quoteName(argument)}::${qualified(table)})${as}`;
  }
  const junction = node.source.junction === null ? '' : `, ${qualified(node.source.junction)}`;
  return `FROM ${qualified(node.source.name)}${as}${junction}`;
}

function selectList(node: ReadPlan, table: Qualified, params: Parameters): string {
  const own = node.select.length === 0 && node.children.length === 0 ? [ALL_COLUMNS] : node.select;
  const items = own.map((item) => selectItem(table, item, params));
  const extra = node.spread?.kind === 'many' ? node.spread.extra : [];
  const ordering = extra.map((e) => selectItem(e.embed === null ? table : alias(e.embed), e.select, params));
  return [...items, ...ordering, ...node.embeds.flatMap(embedItems)].join(', ');
}

function embedItems(embed: Embed): readonly string[] {
  const joined = quoteName(embed.aggAlias);
  if (embed.kind === 'spread') return embed.fields.map((field) => spreadItem(embed.aggAlias, field));
  if (embed.empty) return [];
  const value = embed.kind === 'object' ? `row_to_json(${joined}.*)::jsonb` : `COALESCE( ${joined}.${joined}, '[]')`;
  return [`${value} AS ${quoteName(embed.name)}`];
}

function childOf(node: ReadPlan, embed: Embed): ReadPlan {
  const child = node.children.find((candidate) => candidate.aggAlias === embed.aggAlias);
  if (child === undefined) throw new Error(`An embed without its node: ${embed.aggAlias}`);
  return child;
}

function joinSql(embed: Embed, child: ReadPlan, params: Parameters): string {
  const name = quoteName(embed.aggAlias);
  const list = gatheredList(embed, child, params);
  const subquery = list === null ? readSql(child, params) : list;
  const on = list !== null && child.inner ? `${name} IS NOT NULL` : 'TRUE';
  return `${child.inner ? 'INNER' : 'LEFT'} JOIN LATERAL ( ${subquery} ) AS ${name} ON ${on}`;
}

/** To-many embeds and spreads are gathered into JSON in their subquery; null where the subquery is one row as it is. */
function gatheredList(embed: Embed, child: ReadPlan, params: Parameters): string | null {
  const name = quoteName(embed.aggAlias);
  const rows = `json_agg(${name})::jsonb AS ${name}`;
  if (embed.kind === 'array') return `SELECT ${rows} FROM (${readSql(child, params)} ) AS ${name}`;
  if (embed.kind !== 'spread' || child.spread?.kind !== 'many') return null;
  const { order } = child.spread;
  const lists = embed.fields.map((field) => spreadList(embed.aggAlias, field, order, params));
  return `SELECT ${[rows, ...lists].join(', ')} FROM (${readSql(child, params)} ) AS ${name}`;
}

function groupBy(node: ReadPlan, table: Qualified, params: Parameters): string {
  const spreads = node.embeds.flatMap((embed) => (embed.kind === 'spread' ? embed.fields : []));
  if (![...node.select, ...spreads].some((item) => item.aggregate !== null)) return '';
  const own = node.select.flatMap((item) => groupTerm(table, item, params) ?? []);
  const terms = [...own, ...node.embeds.flatMap(embedGroupTerms)];
  return terms.length === 0 ? '' : `GROUP BY ${terms.join(', ')}`;
}

function embedGroupTerms(embed: Embed): readonly string[] {
  if (embed.kind === 'spread') return spreadGroupTerms(embed.aggAlias, embed.fields);
  return embed.empty ? [] : [quoteName(embed.name)];
}

function rangeSql(node: ReadPlan, params: Parameters): string {
  if (node.range === null) return '';
  const limit = node.range.limit === null ? 'ALL' : limitSql(node.range.limit, params);
  const offset = node.range.offset === null ? '0' : params.add(node.range.offset);
  return `LIMIT ${limit} OFFSET ${offset}`;
}

const limitSql = (limit: Value, params: Parameters): string => (limit.from === 'text' ? limit.text : params.add(limit));
