import { aggregatesNotAllowed, notImplemented } from '../errors/request-errors.ts';
import { type Draft, nodes } from './draft.ts';
import type { Aggregate, Embed, OrderTerm, SelectField, SpreadField } from './types.ts';

export function allowAggregates(root: Draft, allowed: boolean): void {
  if (allowed) return;
  for (const node of nodes(root)) if (node.select.some(isAggregate)) throw aggregatesNotAllowed();
}

/** An aggregate on its way up: the embed and column it was found on, and what is to be computed of it. */
interface Hoisted {
  readonly aggAlias: string;
  readonly name: string;
  readonly aggregate: Aggregate;
  readonly cast: string | null;
  readonly alias: string | null;
}

/**
 * An aggregate in a to-one spread is meant over the parent's rows, so it is taken out of the spread's subquery (where each
 * row would be aggregated alone) and put where the spread's columns are selected: at the nearest ancestor that is not a
 * to-one spread itself.
 */
export function hoistAggregates(draft: Draft): readonly Hoisted[] {
  const fromChildren = draft.children.flatMap(hoistAggregates);
  if (draft.spread?.kind === 'one') {
    const own = draft.select.flatMap((field) => hoisted(draft, field));
    draft.select = draft.select.map((field) => ({ ...field, aggregate: null, aggregateCast: null }));
    return [...own, ...fromChildren.map((h) => ({ ...h, aggAlias: draft.aggAlias }))];
  }
  draft.embeds = draft.embeds.map((embed) => settle(embed, fromChildren));
  return [];
}

function hoisted({ aggAlias }: Draft, { field, aggregate, aggregateCast, alias }: SelectField): readonly Hoisted[] {
  return aggregate === null ? [] : [{ aggAlias, name: alias ?? field.name, aggregate, cast: aggregateCast, alias }];
}

function settle(embed: Embed, found: readonly Hoisted[]): Embed {
  if (embed.kind !== 'spread') return embed;
  return { ...embed, fields: embed.fields.map((field) => aggregate(field, embed.aggAlias, found)) };
}

function aggregate(field: SpreadField, aggAlias: string, found: readonly Hoisted[]): SpreadField {
  const match = found.find((h) => h.aggAlias === aggAlias && h.name === field.name);
  if (match === undefined) return field;
  return { ...field, aggregate: match.aggregate, aggregateCast: match.cast, alias: match.alias };
}

/**
 * A to-many spread is ordered inside the lists it is gathered into, so what it is ordered by is selected along, under names
 * of its own.
 */
export function orderSpreads(root: Draft): void {
  for (const node of nodes(root)) {
    if (node.spread?.kind !== 'many') continue;
    if (hasAggregates(node)) {
      throw notImplemented('Aggregates are not implemented for one-to-many or many-to-many spreads.');
    }
    const names = node.order.map((term, i) => `${node.aggAlias}_${term.field.name}_${i + 1}`);
    const extra = node.order.map((term, i) => ({ embed: term.embed, select: selectedAs(term, names[i] ?? '') }));
    const order = node.order.map((term, i) => orderedBy(term, names[i] ?? ''));
    node.spread = { kind: 'many', extra, order };
    node.order = [];
  }
}

/** Whether a node shows groups instead of rows. */
export const hasAggregates = ({ select, embeds }: Draft): boolean =>
  [...select, ...embeds.flatMap((embed) => (embed.kind === 'spread' ? embed.fields : []))].some(isAggregate);

const isAggregate = ({ aggregate }: SelectField | SpreadField): boolean => aggregate !== null;

const selectedAs = ({ field }: OrderTerm, alias: string): SelectField => ({
  field,
  aggregate: null,
  aggregateCast: null,
  cast: null,
  alias,
});

const orderedBy = (term: OrderTerm, name: string): OrderTerm => ({
  ...term,
  embed: null,
  field: { ...term.field, name, path: [], toJson: false },
});
