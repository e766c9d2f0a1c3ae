import { type Catalog, findTable } from '../../catalog/index.ts';
import { notEmbedded, relatedOrderNotToOne } from '../errors/request-errors.ts';
import type { OrderTerm as RequestedOrder } from '../parse/types.ts';
import { type Draft, goesByOtherName, nodes, shownName } from './draft.ts';
import {
  comparable,
  comparableCondition,
  resolveField,
  resolveFilter,
  resolveLogic,
  type SameValue,
  unknownField,
} from './resolve.ts';
import type { Condition, Embed, OrderTerm, SpreadField } from './types.ts';

/** Conditions with their columns' types; `is.null` on an embed's name asks whether it is there. */
export function resolveConditions(catalog: Catalog, root: Draft, same: SameValue): void {
  for (const node of nodes(root)) {
    const logic = node.logic.map((tree) => resolveLogic(catalog, node.table, tree, same));
    const filters = node.filters.map((filter) => resolveFilter(catalog, node.table, filter));
    const where = [...logic, ...filters].map((condition) => nullEmbed(condition, node.children));
    node.where = goesByOtherName(node) ? where.map(comparableCondition) : where;
  }
}

function nullEmbed(condition: Condition, children: readonly Draft[]): Condition {
  if (condition.kind === 'and' || condition.kind === 'or')
    return { ...condition, of: condition.of.map((part) => nullEmbed(part, children)) };
  if (condition.kind !== 'filter' || condition.field.path.length > 0) return condition;
  if (condition.operation.kind !== 'is' || condition.operation.value !== 'null') return condition;
  const child = children.find((candidate) => shownName(candidate) === condition.field.name);
  return child === undefined ? condition : { kind: 'embed', not: condition.not, embed: child.aggAlias };
}

/** Whether a condition asks for an embed's presence somewhere. */
export function namesEmbed(condition: Condition): boolean {
  if (condition.kind === 'and' || condition.kind === 'or') return condition.of.some(namesEmbed);
  return condition.kind === 'embed';
}

export function resolveOrders(catalog: Catalog, root: Draft): void {
  for (const node of nodes(root)) node.order = node.requestedOrder.map((term) => orderTerm(catalog, node, term));
}

function orderTerm(catalog: Catalog, node: Draft, term: RequestedOrder): OrderTerm {
  const { direction, nulls } = term;
  if (term.relation === null) {
    const field = resolveField(catalog, node.table, term.field);
    const shown = node.depth === 0 ? field : comparable(field);
    return { field: shown, embed: null, direction, nulls: isNeverNull(catalog, node, term) ? null : nulls };
  }
  const child = node.children.find((candidate) => shownName(candidate) === term.relation);
  if (child === undefined) throw notEmbedded(term.relation);
  if (child.relation?.toOne !== true) throw relatedOrderNotToOne(node.from.name, term.relation);
  return { field: unknownField(term.field.name, term.field.path), embed: child.aggAlias, direction, nulls };
}

/**
 * Where nothing is null it does not matter where nulls would stand, but it does to Postgres: an index serves one of the two only. What comes
 * from elsewhere than the table itself may be null for all that the table says.
 */
function isNeverNull(catalog: Catalog, { table, from, relation }: Draft, { field }: RequestedOrder): boolean {
  if (field.path.length > 0 || relation?.kind === 'computed') return false;
  if (from.schema !== table.schema || from.name !== table.name) return false;
  const read = findTable(catalog, table);
  const keepsIt = read?.kind === 'table' || read?.kind === 'partitioned table';
  return keepsIt && read.columns.get(field.name)?.nullable === false;
}

/** How the children show in their parents, from the leaves up: a spread shows what its own spreads show. */
export function resolveEmbeds(draft: Draft): void {
  for (const child of draft.children) resolveEmbeds(child);
  draft.embeds = draft.children.map(embedOf);
}

function embedOf(child: Draft): Embed {
  const { aggAlias } = child;
  if (child.isSpread) return { kind: 'spread', fields: spreadFields(child), aggAlias };
  const kind = child.relation?.toOne === true ? 'object' : 'array';
  return { kind, name: shownName(child), aggAlias, empty: selectsNothing(child) };
}

const selectsNothing = (draft: Draft): boolean => draft.select.length === 0 && draft.children.every(selectsNothing);

function spreadFields(child: Draft): readonly SpreadField[] {
  const own = child.select.map(({ field, alias }) => spreadField(alias ?? field.name));
  const nested = child.embeds.flatMap((embed) => (embed.kind === 'spread' ? embed.fields : [spreadField(embed.name)]));
  return [...own, ...nested];
}

const spreadField = (name: string): SpreadField => ({ name, aggregate: null, aggregateCast: null, alias: null });
