import { type Catalog, type Column, findTable, representation } from '../../catalog/index.ts';
import type { Field as RequestedField, SelectItem } from '../parse/types.ts';
import { type Draft, goesByOtherName } from './draft.ts';
import { columnField, comparable, outputField, plain, resolveField, unknownField } from './resolve.ts';
import type { Field, SelectField } from './types.ts';

/**
 * The columns of every node. `*` is written out where the node has a domain with a representation, where something is
 * aggregated in or above it (all else is grouped by), and in a to-many spread (each column is gathered).
 */
export function resolveSelects(catalog: Catalog, draft: Draft, aggregatedAbove = false): void {
  const fields = draft.items.flatMap((item) => selectField(catalog, draft, item));
  const aggregated = aggregatedAbove || draft.spread?.kind === 'many' || fields.some((f) => f.aggregate !== null);
  draft.select = expandStars(catalog, draft, fields, aggregated).map((field) => withAlias(field, draft.isSpread));
  for (const child of draft.children) resolveSelects(catalog, child, aggregated);
}

function selectField(catalog: Catalog, draft: Draft, item: SelectItem): readonly SelectField[] {
  switch (item.kind) {
    case 'star':
      return [plain(unknownField('*'))];
    case 'count':
      return [selected({ ...item, cast: null, field: unknownField('*'), aggregate: 'count' })];
    case 'field':
      return [selected({ ...item, field: outputField(catalog, namedField(catalog, draft, item.field)) })];
    case 'relation':
    case 'spread':
      return [];
  }
}

function namedField(catalog: Catalog, draft: Draft, requested: RequestedField): Field {
  const field = resolveField(catalog, draft.table, requested);
  return goesByOtherName(draft) ? comparable(field) : field;
}

const selected = ({ field, aggregate, aggregateCast, cast, alias }: SelectField): SelectField => ({
  field,
  aggregate,
  aggregateCast,
  cast,
  alias,
});

function expandStars(
  catalog: Catalog,
  draft: Draft,
  fields: readonly SelectField[],
  aggregated: boolean,
): readonly SelectField[] {
  const countsRows = (f: SelectField) => draft.isSpread && f.aggregate === 'count';
  if (!fields.some((f) => f.field.name === '*' && (f.aggregate === null || countsRows(f)))) return fields;
  const columns = [...(findTable(catalog, draft.table)?.columns.values() ?? [])];
  if (!aggregated && !columns.some((column) => isRepresented(catalog, column))) return fields;
  return fields.flatMap((f) => {
    if (f.field.name !== '*') return [f];
    if (f.aggregate === null) return columns.map((c) => ({ ...f, field: outputField(catalog, columnField(c)) }));
    return countsRows(f) ? [{ ...f, field: { ...f.field, wholeRow: true } }] : [f];
  });
}

const isRepresented = (catalog: Catalog, column: Column): boolean =>
  representation(catalog, column.nominalType, 'json') !== undefined;

/** Names what would have none: a JSON path takes its last key, a converted column keeps its own, a spread aggregate its own. */
function withAlias(field: SelectField, isSpread: boolean): SelectField {
  if (field.alias !== null) return field;
  if (field.aggregate !== null) return isSpread ? { ...field, alias: field.aggregate } : field;
  if (field.field.path.length > 0) return { ...field, alias: lastKey(field.field) };
  return field.field.transform === null ? field : { ...field, alias: field.field.name };
}

const lastKey = (field: Field): string => field.path.findLast((step) => step.operand === 'key')?.value ?? field.name;
