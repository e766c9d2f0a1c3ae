import type { Field, Filter, LogicTree } from '../parse/types.ts';

/** A keyset as the dialect writes it; each slot is a field's value, taken from its strict comparison. */
export interface Keyset {
  readonly fields: readonly Field[];
  readonly slots: readonly number[];
  readonly operator: '<' | '<=' | '>' | '>=';
}

type Same = (a: number, b: number) => boolean;
type Logic = Extract<LogicTree, { kind: 'logic' }>;

/**
 * `or(a.gt.x,and(a.eq.x,b.gt.y))`, of any length, flat (`and(a.eq.x,b.eq.y,c.gt.z)` as the next term) or nested
 * (`and(a.eq.x,or(b.gt.y,…))`): the lexicographic comparison `(a, b) > (x, y)`. As OR Postgres scans; as a row comparison it
 * starts in the index where the page starts (0.3 ms instead of 134 on a million rows). Both treat NULL alike. Null for
 * anything else.
 */
export function keysetOf(tree: Logic, same: Same): Keyset | null {
  if (tree.operator !== 'or' || tree.children.length < 2) return null;
  const [first, ...rest] = tree.children;
  const head = first === undefined ? null : comparison(first);
  if (head === null || head.operator.endsWith('=')) return null;
  return follow([head], rest, same);
}

interface Comparison {
  readonly field: Field;
  readonly slot: number;
  readonly operator: Keyset['operator'];
}

const OPERATORS: Readonly<Record<string, Keyset['operator']>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

function comparison(tree: LogicTree): Comparison | null {
  const filter = plainFilter(tree);
  if (filter?.operation.kind !== 'quantifiable') return null;
  const operator = OPERATORS[filter.operation.operator];
  return operator === undefined ? null : { field: filter.field, slot: filter.operation.slot, operator };
}

function plainFilter(tree: LogicTree): Filter | null {
  if (tree.kind !== 'filter' || tree.filter.negated || tree.filter.field.path.length > 0) return null;
  const { operation } = tree.filter;
  return operation.kind === 'quantifiable' && operation.quantifier === null ? tree.filter : null;
}

/** The next terms: each repeats the columns so far as equal, and compares one more. Only the last may admit equality. */
function follow(sofar: readonly Comparison[], rest: readonly LogicTree[], same: Same): Keyset | null {
  const [next, ...later] = rest;
  if (next === undefined) return finish(sofar);
  if (next.kind !== 'logic' || next.operator !== 'and' || next.negated) return null;
  const last = next.children.at(-1);
  const equals = next.children.slice(0, -1);
  if (last === undefined || !repeats(equals, sofar, same)) return null;
  if (last.kind === 'logic') return later.length === 0 ? nested(sofar, last, same) : null;
  const compared = comparison(last);
  if (compared === null || !sameDirection(sofar, compared)) return null;
  if (compared.operator.endsWith('=') && later.length > 0) return null;
  return follow([...sofar, compared], later, same);
}

function nested(sofar: readonly Comparison[], tree: Logic, same: Same): Keyset | null {
  if (tree.negated) return null;
  const inner = keysetOf(tree, same);
  const head = sofar[0];
  if (inner === null || head === undefined || inner.operator[0] !== head.operator[0]) return null;
  const fields = [...sofar.map((c) => c.field), ...inner.fields];
  return distinct(fields) ? { ...inner, fields, slots: [...sofar.map((c) => c.slot), ...inner.slots] } : null;
}

function repeats(equals: readonly LogicTree[], sofar: readonly Comparison[], same: Same): boolean {
  if (equals.length !== sofar.length) return false;
  return equals.every((tree, i) => {
    const filter = plainFilter(tree);
    const earlier = sofar[i];
    if (filter?.operation.kind !== 'quantifiable' || filter.operation.operator !== 'eq') return false;
    return (
      earlier !== undefined && filter.field.name === earlier.field.name && same(filter.operation.slot, earlier.slot)
    );
  });
}

const sameDirection = (sofar: readonly Comparison[], next: Comparison): boolean =>
  sofar.every((c) => c.operator[0] === next.operator[0]);

function finish(sofar: readonly Comparison[]): Keyset | null {
  const fields = sofar.map((c) => c.field);
  const operator = sofar.at(-1)?.operator;
  if (operator === undefined || sofar.length < 2 || !distinct(fields)) return null;
  return { fields, slots: sofar.map((c) => c.slot), operator };
}

const distinct = (fields: readonly Field[]): boolean => new Set(fields.map((f) => f.name)).size === fields.length;

/**
 * Which `or`s of a request are keysets: values decide it, so what is cached by shape must have this beside it. Empty where
 * there is no logic at all.
 */
export function keysetMarks(trees: readonly { readonly tree: LogicTree }[], same: Same): string {
  return trees.length === 0 ? '' : trees.map(({ tree }) => marks(tree, same)).join('');
}

function marks(tree: LogicTree, same: Same): string {
  if (tree.kind === 'filter') return '';
  return keysetOf(tree, same) === null ? `o${tree.children.map((child) => marks(child, same)).join('')}` : 'k';
}
