import type { Column, Table } from '../app/catalog.ts';
import { kindOf } from './kind.ts';
import { named, quoted } from './name.ts';

/** One condition on a column, in the dialect's terms: `status=not.eq.OPEN`. */
export interface Filter {
  /** A column, or a path into a JSON one: `metadata->device->>os`. */
  readonly field: string;
  readonly not: boolean;
  readonly operator: string;
  readonly value: string;
}

export interface Operator {
  readonly name: string;
  readonly label: string;
  readonly not?: boolean;
  /** What the value looks like: `part` is text that is looked for anywhere; `none` is for an operator that is complete in itself. */
  readonly takes: 'value' | 'list' | 'text' | 'part' | 'none';
  /** The value that `none` stands for. */
  readonly fixed?: string;
}

const equal: readonly Operator[] = [
  { name: 'eq', label: 'is', takes: 'value' },
  { name: 'neq', label: 'is not', takes: 'value' },
  { name: 'in', label: 'is one of', takes: 'list' },
  { name: 'in', label: 'is none of', takes: 'list', not: true },
];
const ordered: readonly Operator[] = [
  { name: 'gt', label: 'greater than', takes: 'value' },
  { name: 'gte', label: 'at least', takes: 'value' },
  { name: 'lt', label: 'less than', takes: 'value' },
  { name: 'lte', label: 'at most', takes: 'value' },
];
const textual: readonly Operator[] = [
  { name: 'ilike', label: 'contains', takes: 'part' },
  { name: 'ilike', label: 'does not contain', takes: 'part', not: true },
  { name: 'ilike', label: 'like (any case)', takes: 'text' },
  { name: 'like', label: 'like (case counts)', takes: 'text' },
  { name: 'imatch', label: 'matches (regex)', takes: 'text' },
  { name: 'match', label: 'matches (regex, case counts)', takes: 'text' },
];
const empty: readonly Operator[] = [
  { name: 'is', label: 'is null', takes: 'none', fixed: 'null' },
  { name: 'is', label: 'is not null', takes: 'none', fixed: 'null', not: true },
];
const inclusion: readonly Operator[] = [
  { name: 'cs', label: 'contains', takes: 'text' },
  { name: 'cd', label: 'is contained in', takes: 'text' },
];
const overlapping: readonly Operator[] = [{ name: 'ov', label: 'overlaps', takes: 'text' }];
const ranges: readonly Operator[] = [
  { name: 'sl', label: 'strictly left of', takes: 'text' },
  { name: 'sr', label: 'strictly right of', takes: 'text' },
  { name: 'nxr', label: 'not right of', takes: 'text' },
  { name: 'nxl', label: 'not left of', takes: 'text' },
  { name: 'adj', label: 'adjacent to', takes: 'text' },
];
const searches: readonly Operator[] = [
  { name: 'wfts', label: 'search (web style)', takes: 'text' },
  { name: 'plfts', label: 'search (plain)', takes: 'text' },
  { name: 'phfts', label: 'search (phrase)', takes: 'text' },
  { name: 'fts', label: 'search (tsquery)', takes: 'text' },
];
const truth: readonly Operator[] = [
  { name: 'is', label: 'is true', takes: 'none', fixed: 'true' },
  { name: 'is', label: 'is false', takes: 'none', fixed: 'false' },
];

/** Every operator that makes sense on a column, the likeliest first. */
export function operatorsFor(column: Column): readonly Operator[] {
  const kind = kindOf(column);
  if (column.base === 'tsvector') return [...searches, ...empty];
  if (/range$/.test(column.base)) return [...equal, ...inclusion, ...overlapping, ...ranges, ...empty];
  if (kind === 'array') return [...inclusion, ...overlapping, ...equal, ...empty];
  if (kind === 'json') return [...inclusion, ...equal, ...empty];
  if (kind === 'boolean') return [...truth, ...empty];
  if (kind === 'enum') return [...equal, ...ordered, ...empty];
  if (kind === 'text')
    return [...textual.slice(0, 2), ...equal, ...textual.slice(2), ...searches, ...ordered, ...empty];
  return [...equal, ...ordered, ...empty];
}

/** For a path into JSON, whose value is text. */
export const pathOperators: readonly Operator[] = [...equal.slice(0, 2), ...textual, ...empty];

export const operatorOf = (filter: Filter, operators: readonly Operator[]): Operator | undefined =>
  operators.find(
    ({ name, not = false, fixed, takes }) =>
      name === filter.operator &&
      not === filter.not &&
      (fixed === undefined || fixed === filter.value) &&
      (takes !== 'part' || partOf(filter.value) !== undefined),
  );

/** The pattern for text anywhere: what LIKE treats in its own way stands for itself, but for `*`, which the dialect gives no way to escape. */
export const containing = (text: string): string => `*${text.replace(/[\\%_]/g, '\\$&')}*`;

/** The text that `containing` was made of; undefined for any other pattern. */
export function partOf(pattern: string): string | undefined {
  const text = /^\*(.*)\*$/s.exec(pattern)?.[1]?.replace(/\\([\\%_])/g, '$1');
  return text !== undefined && containing(text) === pattern ? text : undefined;
}

export const printFilter = ({ field, not, operator, value }: Filter): string =>
  `${field}|${not ? 'not.' : ''}${operator}.${value}`;

export function parseFilter(text: string): Filter | undefined {
  const found = /^([^|]+)\|(not\.)?(\w+)\.([\s\S]*)$/.exec(text);
  if (found === null) return undefined;
  const [, field = '', not, operator = '', value = ''] = found;
  return { field, not: not !== undefined, operator, value };
}

/** As the dialect's query parameter: name and value. */
export function parameterOf({ field, not, operator, value }: Filter): readonly [string, string] {
  const given = operator === 'in' ? `(${listOf(value).map(quoted).join(',')})` : value;
  return [field.includes('->') ? field : named(field), `${not ? 'not.' : ''}${operator}.${given}`];
}

/** `a, "b, c"` → `a` and `b, c` */
export const listOf = (value: string): readonly string[] =>
  [...value.matchAll(/\s*"((?:[^"\\]|\\.)*)"\s*(?=,|$)|[^,]+/g)].flatMap(([item, inner]) => {
    const text = inner === undefined ? item.trim() : inner.replace(/\\(.)/g, '$1');
    return text === '' && inner === undefined ? [] : [text];
  });

/** Free text as a condition: any text column may contain it, or a key be it. */
export function searchParameter(table: Table, search: string): readonly [string, string] | null {
  const text = search.trim();
  if (text === '') return null;
  const part = quoted(containing(text));
  const whole = /^-?\d{1,18}$/.test(text);
  const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(text);
  const conditions = table.columns.flatMap((column) => {
    const name = quoted(column.name);
    if (kindOf(column) === 'text') return [`${name}.ilike.${part}`];
    const isKey = whole && kindOf(column) === 'integer' && table.primaryKey.includes(column.name);
    return isKey || (uuid && column.base === 'uuid') ? [`${name}.eq.${text}`] : [];
  });
  return conditions.length > 0 ? ['or', `(${conditions.join(',')})`] : nothingIn(table);
}

/** A condition that no row fulfils: text that is found nowhere narrows a table to nothing, and not to everything. */
function nothingIn({ columns: [column] }: Table): readonly [string, string] | null {
  if (column === undefined) return null;
  const name = quoted(column.name);
  return ['and', `(${name}.is.null,${name}.not.is.null)`];
}
