import type { Relationship } from '../../catalog/index.ts';
import type { Filter, LogicTree, OrderTerm as RequestedOrder, SelectItem } from '../parse/types.ts';
import type { Condition, Embed, OrderTerm, Qualified, Range, SelectField, Spread } from './types.ts';

/** A node of the read plan while it is being made; the stages of `read.ts` fill it in, one after the other. */
export interface Draft {
  /** What the URL calls it: a table, a computed relationship, a foreign key's name or column. */
  readonly name: string;
  readonly alias: string | null;
  readonly hint: string | null;
  readonly inner: boolean;
  readonly depth: number;
  readonly items: readonly SelectItem[];
  /** Spread into its parent; whether to one or to many only the relationship tells. */
  readonly isSpread: boolean;

  /** As requested, attached by path before the relationship is known. */
  filters: Filter[];
  logic: LogicTree[];
  requestedOrder: readonly RequestedOrder[];
  range: Range | null;
  /** Addressed by its table's name although it has an alias. */
  legacyName: boolean;

  /** The table or view itself, for columns and types. */
  table: Qualified;
  /** What stands in FROM: the table, or the statement's own source. */
  from: Qualified;
  fromAlias: string | null;
  relation: Relationship | null;
  aggAlias: string;
  spread: Spread | null;

  select: readonly SelectField[];
  where: readonly Condition[];
  start: readonly Condition[];
  order: readonly OrderTerm[];
  embeds: readonly Embed[];
  children: Draft[];
}

/** The name by which filters, orders and the parent's JSON know it. */
export const shownName = (draft: Draft): string => draft.alias ?? draft.name;

/** An embed that the URL calls by a foreign key, its column or a computed relationship. */
export const goesByOtherName = ({ relation, name, table }: Draft): boolean => relation !== null && name !== table.name;

/** The tree of embeds as `select=` asks for it. */
export function draftTree(items: readonly SelectItem[], table: Qualified): Draft {
  const root = { name: table.name, alias: null, hint: null, inner: false, isSpread: false };
  return draftNode(root, items, table, 0);
}

type Naming = Pick<Draft, 'name' | 'alias' | 'hint' | 'inner' | 'isSpread'>;

function draftNode(naming: Naming, items: readonly SelectItem[], table: Qualified, depth: number): Draft {
  return {
    ...naming,
    depth,
    items,
    filters: [],
    logic: [],
    requestedOrder: [],
    range: null,
    legacyName: false,
    table,
    from: table,
    fromAlias: null,
    relation: null,
    aggAlias: '',
    spread: null,
    select: [],
    where: [],
    start: [],
    order: [],
    embeds: [],
    children: items.flatMap((item) => draftChild(item, table.schema, depth + 1)),
  };
}

function draftChild(item: SelectItem, schema: string, depth: number): readonly Draft[] {
  if (item.kind !== 'relation' && item.kind !== 'spread') return [];
  const naming: Naming = {
    name: item.relation,
    alias: item.kind === 'relation' ? item.alias : null,
    hint: item.hint,
    inner: item.join === 'inner',
    isSpread: item.kind === 'spread',
  };
  return [draftNode(naming, item.items, { schema, name: item.relation }, depth)];
}

/** Every node, parents first. */
export function* nodes(draft: Draft): Generator<Draft> {
  yield draft;
  for (const child of draft.children) yield* nodes(child);
}
