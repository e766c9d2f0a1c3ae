import { type Catalog, type Column, findTable, representation } from '../../catalog/index.ts';
import type { Filter, LogicTree, Field as RequestedField, Operation as RequestedOperation } from '../parse/types.ts';
import { keysetOf } from './keyset.ts';
import type { Condition, Field, Operation, Qualified, SelectField, Value } from './types.ts';

const UNKNOWN = {
  path: [],
  toJson: false,
  textSearch: null,
  type: '',
  baseType: '',
  transform: null,
  fallback: null,
  wholeRow: false,
} as const;

/** A name that is not looked up: `*`, an alias, a column of something computed. */
export const unknownField = (name: string, path: Field['path'] = []): Field => ({ ...UNKNOWN, name, path });

/** A field as it is, under its own name. */
export const plain = (field: Field): SelectField => ({
  field,
  aggregate: null,
  aggregateCast: null,
  cast: null,
  alias: null,
});

export const columnField = (column: Column): Field => ({
  ...UNKNOWN,
  name: column.name,
  type: column.nominalType,
  baseType: column.type,
  fallback: column.default,
});

/**
 * A column with what its type says: paths into anything but JSON go through `to_jsonb` (JSON itself is left alone, so that
 * its indexes serve), and a `tsvector` is not converted again. Unknown names pass: they may be computed columns, and
 * otherwise Postgres says what is wrong.
 */
export function resolveField(catalog: Catalog, table: Qualified, requested: RequestedField): Field {
  const column = findTable(catalog, table)?.columns.get(requested.name);
  const field = column === undefined ? unknownField(requested.name) : columnField(column);
  return { ...field, path: requested.path, toJson: field.type !== 'json' && field.type !== 'jsonb' };
}

/**
 * JSON is neither ordered nor compared, JSONB is: paths into it then go through that. For embeds: the dialect looks their
 * columns up under the name in the URL, so for those that go by another name than their table's it knows no types.
 */
export const comparable = (field: Field): Field => (field.type === 'json' ? { ...field, toJson: true } : field);

/** The same for every field of a condition. */
export function comparableCondition(condition: Condition): Condition {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return { ...condition, of: condition.of.map(comparableCondition) };
    case 'filter':
      return { ...condition, field: comparable(condition.field) };
    default:
      return condition;
  }
}

/** As it is shown: through the domain's representation as JSON, where it has one. */
export function outputField(catalog: Catalog, field: Field): Field {
  return represented(catalog, field, field.type, 'json');
}

/** As the body gives it. */
export function bodyField(catalog: Catalog, field: Field): Field {
  return represented(catalog, field, 'json', field.type);
}

function represented(catalog: Catalog, field: Field, source: string, target: string): Field {
  const transform = field.type === '' ? undefined : representation(catalog, source, target);
  return transform === undefined ? field : { ...field, type: source, transform };
}

function filterField(catalog: Catalog, table: Qualified, { field, operation }: Filter): Field {
  const resolved = resolveField(catalog, table, field);
  // what a computed column is, nobody knows: it may well be a tsvector
  const searched = operation.kind === 'search' && resolved.type !== '' && resolved.baseType !== 'tsvector';
  const language = operation.kind === 'search' ? languageValue(operation.language) : null;
  const converted = searched ? { ...resolved, textSearch: { language } } : resolved;
  return represented(catalog, converted, 'text', converted.type);
}

const languageValue = (language: string | null): Value | null =>
  language === null ? null : { from: 'text', text: language };

export function resolveFilter(catalog: Catalog, table: Qualified, filter: Filter): Condition {
  return {
    kind: 'filter',
    not: filter.negated,
    field: filterField(catalog, table, filter),
    operation: resolveOperation(filter.operation),
  };
}

/** `is.null`, or where `not` is true the opposite. */
export const isNull = (field: Field, not: boolean): Condition => ({
  kind: 'filter',
  not,
  field,
  operation: { kind: 'is', value: 'null' },
});

function resolveOperation(operation: RequestedOperation): Operation {
  switch (operation.kind) {
    case 'simple':
      return { kind: 'compare', operator: operation.operator, value: { from: 'literal', slot: operation.slot } };
    case 'quantifiable': {
      const { operator, quantifier, slot } = operation;
      const from = operator === 'like' || operator === 'ilike' ? 'pattern' : 'literal';
      return { kind: 'quantified', operator, quantifier, value: { from, slot } };
    }
    case 'in':
      return { kind: 'in', values: { from: 'list', slot: operation.slot } };
    case 'is':
      return { kind: 'is', value: operation.value };
    case 'isdistinct':
      return { kind: 'isdistinct', value: { from: 'literal', slot: operation.slot } };
    case 'search': {
      const { operator, language, slot } = operation;
      return { kind: 'search', operator, language: languageValue(language), value: { from: 'literal', slot } };
    }
  }
}

/** `same` tells whether two slots hold the same value, which is what makes an `or` a keyset. */
export function resolveLogic(catalog: Catalog, table: Qualified, tree: LogicTree, same: SameValue): Condition {
  if (tree.kind === 'filter') return resolveFilter(catalog, table, tree.filter);
  const keyset = keysetOf(tree, same);
  if (keyset !== null) {
    const fields = keyset.fields.map((field) => resolveField(catalog, table, field));
    if (fields.every(isOrdered)) {
      const values = keyset.slots.map((slot): Value => ({ from: 'literal', slot }));
      return { kind: 'keyset', not: tree.negated, fields, operator: keyset.operator, values };
    }
  }
  const of = tree.children.map((child) => resolveLogic(catalog, table, child, same));
  return { kind: tree.operator, not: tree.negated, of };
}

export type SameValue = (a: number, b: number) => boolean;

/** Types with one btree order that a row comparison uses just as the operators alone do. */
const ORDERED = new Set([
  'smallint',
  'integer',
  'bigint',
  'numeric',
  'real',
  'double precision',
  'text',
  'character varying',
  'date',
  'timestamp without time zone',
  'timestamp with time zone',
  'uuid',
]);

const isOrdered = (field: Field): boolean =>
  field.path.length === 0 && field.transform === null && ORDERED.has(field.baseType);
