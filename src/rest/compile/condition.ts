import type {
  Condition,
  Field,
  IsValue,
  Operation,
  Qualified,
  Quantifiable,
  TextSearch,
  Value,
} from '../plan/types.ts';
import { fieldSql } from './field.ts';
import { type Parameters, quoteName } from './sql.ts';

const COMPARISONS = {
  neq: '<>',
  cs: '@>',
  cd: '<@',
  ov: '&&',
  sl: '<<',
  sr: '>>',
  nxr: '&<',
  nxl: '&>',
  adj: '-|-',
} as const;

const QUANTIFIABLE: Readonly<Record<Quantifiable, string>> = {
  eq: '=',
  gte: '>=',
  gt: '>',
  lte: '<=',
  lt: '<',
  like: 'like',
  ilike: 'ilike',
  match: '~',
  imatch: '~*',
};

const SEARCHES: Readonly<Record<TextSearch, string>> = {
  fts: 'to_tsquery',
  plfts: 'plainto_tsquery',
  phfts: 'phraseto_tsquery',
  wfts: 'websearch_to_tsquery',
};

const IS: Readonly<Record<IsValue, string>> = {
  null: 'NULL',
  not_null: 'NOT NULL',
  true: 'TRUE',
  false: 'FALSE',
  unknown: 'UNKNOWN',
};

/** How `is.null` on an embed reads: a test of the join's alias, or in a count query, of existence. */
export type EmbedTest = (embed: string, not: boolean) => string;

const joinedOrNot: EmbedTest = (embed, not) => `${quoteName(embed)} IS ${not ? '' : 'NOT '}DISTINCT FROM NULL`;

export function conditionSql(
  table: Qualified,
  condition: Condition,
  params: Parameters,
  embedTest: EmbedTest = joinedOrNot,
): string {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const parts = condition.of.map((part) => conditionSql(table, part, params, embedTest));
      return `${negation(condition.not)}(${parts.join(condition.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'embed':
      return embedTest(condition.embed, condition.not);
    case 'keyset':
      return keysetSql(table, condition, params);
    case 'filter':
      return negation(condition.not) + operationSql(table, condition.field, condition.operation, params);
  }
}

const negation = (not: boolean): string => (not ? 'NOT ' : '');

function keysetSql(table: Qualified, keyset: Extract<Condition, { kind: 'keyset' }>, params: Parameters): string {
  const fields = keyset.fields.map((field) => fieldSql(table, field, params)).join(', ');
  const values = keyset.values.map((value) => params.add(value)).join(', ');
  return `${negation(keyset.not)}((${fields}) ${keyset.operator} (${values}))`;
}

function operationSql(table: Qualified, field: Field, operation: Operation, params: Parameters): string {
  const left = fieldSql(table, field, params);
  switch (operation.kind) {
    case 'compare':
      return `${left} ${COMPARISONS[operation.operator]} ${converted(field, operation.value, params)}`;
    case 'quantified':
      return `${left} ${QUANTIFIABLE[operation.operator]} ${quantified(field, operation, params)}`;
    case 'in':
      return `${left} = ANY (${convertedList(field, operation.values, params)})`;
    case 'is':
      return `${left} IS ${IS[operation.value]}`;
    case 'isdistinct':
      return `${left} IS DISTINCT FROM ${params.add(operation.value)}`;
    case 'search': {
      const language = operation.language === null ? '' : `${params.add(operation.language)}, `;
      return `${left} @@ ${SEARCHES[operation.operator]}(${language}${params.add(operation.value)})`;
    }
  }
}

function quantified(field: Field, operation: Extract<Operation, { kind: 'quantified' }>, params: Parameters): string {
  const pattern = operation.operator === 'like' || operation.operator === 'ilike';
  const value = pattern ? params.add(operation.value) : converted(field, operation.value, params);
  return operation.quantifier === null ? value : `${operation.quantifier.toUpperCase()}(${value})`;
}

/** The value as the field's domain parses it from text; of no type it would be cast to the domain where the function is called like it. */
function converted(field: Field, value: Value, params: Parameters): string {
  const sql = params.add(value);
  return field.transform === null ? sql : `${field.transform}(${sql}::text)`;
}

/** `= ANY (list)` rather than `IN`: the statement's text does not depend on how many there are, and none is allowed. */
function convertedList(field: Field, list: Value, params: Parameters): string {
  const sql = params.add(list);
  return field.transform === null ? sql : `(SELECT ${field.transform}(unnest(${sql}::text[])))`;
}
