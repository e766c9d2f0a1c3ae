import { notEmbedded } from '../errors/request-errors.ts';
import type { ApiRequest } from '../parse/types.ts';
import { type Draft, shownName } from './draft.ts';
import { mostRows, planRange } from './range.ts';

export interface AttachOptions {
  readonly legacyTargetNames: boolean;
  readonly maxRows: number | null;
  /** Filters of the root belong to the mutation, and its rows have no range. */
  readonly mutation: boolean;
}

/**
 * Filters, orders, ranges and logic go to the nodes they name. Each stage runs from the last to the first, as the dialect
 * does: of two orders for one node the first holds, and a node that is addressed moves to the front of its siblings.
 */
export function attach(root: Draft, request: ApiRequest, options: AttachOptions): void {
  const at = (path: readonly string[]) => nodeAt(root, path, options.legacyTargetNames);
  const mine = (entry: { readonly path: readonly string[] }) => !options.mutation || entry.path.length > 0;
  for (const filter of request.filters.filter(mine).toReversed()) at(filter.path).filters.unshift(filter);
  for (const order of request.order.toReversed()) at(order.path).requestedOrder = order.terms;
  if (!options.mutation) attachRanges(root, request, options, at);
  for (const logic of request.logic.filter(mine).toReversed()) at(logic.path).logic.unshift(logic.tree);
}

function nodeAt(root: Draft, path: readonly string[], legacy: boolean): Draft {
  let node = root;
  for (const name of path) node = childAt(node, name, legacy);
  return node;
}

function childAt(parent: Draft, name: string, legacy: boolean): Draft {
  const byOldName = (child: Draft) => child.name === name || child.alias === name;
  const child = parent.children.find(legacy ? byOldName : (candidate) => shownName(candidate) === name);
  if (child === undefined) throw missing(name, legacy ? undefined : parent.children.find(byOldName));
  parent.children = [child, ...parent.children.filter((other) => other !== child)];
  if (child.name === name && child.alias !== null && child.alias !== name) child.legacyName = true;
  return child;
}

function missing(name: string, meant: Draft | undefined): Error {
  if (meant === undefined || meant.alias === null) return notEmbedded(name);
  return notEmbedded(name, { name: meant.name, alias: meant.alias });
}

function attachRanges(
  root: Draft,
  request: ApiRequest,
  { maxRows }: AttachOptions,
  at: (path: readonly string[]) => Draft,
): void {
  if (maxRows !== null) limitAll(root, maxRows);
  request.embedRanges.forEach((range, level) => {
    at(range.path).range = planRange(range, level, maxRows);
  });
  root.range = planRange(request.range, -1, maxRows);
}

function limitAll(node: Draft, maxRows: number): void {
  node.range = mostRows(maxRows);
  for (const child of node.children) limitAll(child, maxRows);
}
