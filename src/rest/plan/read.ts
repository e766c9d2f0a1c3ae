import type { Catalog } from '../../catalog/index.ts';
import type { ApiRequest } from '../parse/types.ts';
import type { RestSettings } from '../settings.ts';
import { allowAggregates, hoistAggregates, orderSpreads } from './aggregate.ts';
import { attach } from './attach.ts';
import { type Draft, draftTree, nodes } from './draft.ts';
import { resolveConditions, resolveEmbeds, resolveOrders } from './embed.ts';
import { pageOf } from './page.ts';
import { rangeOf } from './range.ts';
import { type Joined, joinConditions, relate } from './relate.ts';
import type { SameValue } from './resolve.ts';
import { resolveSelects } from './select.ts';
import { hideDeleted } from './soft-delete.ts';
import type { Qualified, ReadPlan, Source } from './types.ts';

const SOURCE: Qualified = { schema: '', name: 'pgrst_source' };

/**
 * The tree of what is read (after a mutation or call: of what is shown), stage by stage. The order of the stages is part of
 * the dialect: of two mistakes, the earlier stage's is reported. `rootRows` is false where the root is no row of `table`, but
 * a function's scalar.
 */
export function draftRead(
  catalog: Catalog,
  request: ApiRequest,
  table: Qualified,
  settings: RestSettings,
  rootRows = true,
): Draft {
  const { kind } = request.action;
  const root = draftTree(request.select, table);
  attach(root, request, { ...settings, mutation: kind === 'mutate' });
  if (kind === 'mutate' || kind === 'call') {
    root.from = SOURCE;
    root.fromAlias = table.name;
  }
  relate(catalog, root, table.schema);
  resolveSelects(catalog, root);
  resolveOrders(catalog, root);
  resolveConditions(catalog, root, sameLiteral(request));
  hideDeleted(catalog, root, request.preferences, rootRows && kind !== 'mutate');
  resolveEmbeds(root);
  allowAggregates(root, settings.aggregatesEnabled);
  hoistAggregates(root);
  orderSpreads(root);
  return root;
}

export function sameLiteral({ literals }: ApiRequest): SameValue {
  return (a, b) => literals[a] === literals[b];
}

export const legacyNames = (root: Draft): readonly { readonly name: string; readonly alias: string }[] =>
  [...nodes(root)].flatMap(({ legacyName, name, alias }) => (legacyName && alias !== null ? [{ name, alias }] : []));

/** `select=*` and nothing else: what a handler for the table's own row type can take. */
export function hasDefaultSelect({ select, children }: Draft): boolean {
  return children.length === 0 && select.length === 1 && select[0]?.field.name === '*';
}

const NO_PARENT: Joined = { alias: null, page: null };

export function finishRead(catalog: Catalog, draft: Draft, parent = NO_PARENT): ReadPlan {
  const page = pageOf(catalog, draft);
  const self: Joined = { alias: page?.alias ?? draft.fromAlias, page };
  return {
    source: sourceOf(draft, parent.alias),
    alias: draft.fromAlias,
    select: draft.select,
    where: draft.where,
    start: draft.start,
    joins: joinConditions(draft, parent),
    order: draft.order,
    range: rangeOf(catalog, draft),
    page,
    aggAlias: draft.aggAlias,
    inner: draft.inner,
    spread: draft.spread,
    embeds: draft.embeds,
    children: draft.children.map((child) => finishRead(catalog, child, self)),
  };
}

function sourceOf({ relation, from }: Draft, parentAlias: string | null): Source {
  if (relation?.kind !== 'computed') {
    const junction = relation?.kind === 'many-to-many' ? relation.junction.table : null;
    return { kind: 'table', name: from, junction };
  }
  const argument = parentAlias ?? relation.table.name;
  return { kind: 'function', name: relation.function, argument, table: relation.table };
}
