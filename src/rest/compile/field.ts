import type { Aggregate, Field, JsonStep, OrderTerm, Qualified, SelectField, SpreadField } from '../plan/types.ts';
import { alias, column, type Parameters, quoteName, quoteText } from './sql.ts';

function jsonPath(path: readonly JsonStep[]): string {
  return path.map((step) => `${step.arrow}${jsonOperand(step)}`).join('');
}

function jsonOperand(step: JsonStep): string {
  return step.operand === 'key' ? quoteText(step.value) : `${quoteText(step.value)}::int`;
}

/** The field itself, with its JSON path and text search conversion but without a domain's representation. */
export function fieldSql(table: Qualified, field: Field, params: Parameters): string {
  const sql = bareField(table, field);
  if (field.textSearch === null) return sql;
  const { language } = field.textSearch;
  return `to_tsvector(${language === null ? '' : `${params.add(language)}, `}${sql})`;
}

function bareField(table: Qualified, field: Field): string {
  if (field.wholeRow) return quoteName(table.name);
  const name = column(table, field.name);
  if (field.path.length === 0) return name;
  return `${field.toJson ? `to_jsonb(${name})` : name}${jsonPath(field.path)}`;
}

const asAlias = (name: string | null): string => (name === null ? '' : ` AS ${quoteName(name)}`);

/** The cast's name was checked by the grammar: quoting it would lose spellings such as `int` or `double precision`. */
const castTo = (cast: string | null, sql: string): string => (cast === null ? sql : `CAST( ${sql} AS ${cast} )`);

function aggregated(aggregate: Aggregate | null, cast: string | null, sql: string): string {
  return aggregate === null ? sql : castTo(cast, `${aggregate.toUpperCase()}(${sql})`);
}

export function selectItem(table: Qualified, item: SelectField, params: Parameters): string {
  const bare = fieldSql(table, item.field, params);
  const shown = item.field.transform === null ? bare : `${item.field.transform}(${bare})`;
  return aggregated(item.aggregate, item.aggregateCast, castTo(item.cast, shown)) + asAlias(item.alias);
}

const joined = (embed: string, name: string): string => column(alias(embed), name);

/** One column of a to-one spread, as the parent selects it. */
export function spreadItem(embed: string, item: SpreadField): string {
  return aggregated(item.aggregate, item.aggregateCast, joined(embed, item.name)) + asAlias(item.alias);
}

/** One column of a to-many spread, gathered into a list. */
export function spreadList(embed: string, item: SpreadField, order: readonly OrderTerm[], params: Parameters): string {
  const list = `json_agg(${joined(embed, item.name)} ${orderBy(alias(embed), order, params)})`;
  return `COALESCE(${list},'[]')::jsonb AS ${quoteName(item.alias ?? item.name)}`;
}

export function orderBy(table: Qualified, terms: readonly OrderTerm[], params: Parameters): string {
  if (terms.length === 0) return '';
  return `ORDER BY ${terms.map((term) => orderTerm(table, term, params)).join(', ')}`;
}

function orderTerm(table: Qualified, term: OrderTerm, params: Parameters): string {
  const field = fieldSql(term.embed === null ? table : alias(term.embed), term.field, params);
  const direction = term.direction === null ? '' : ` ${term.direction.toUpperCase()}`;
  const nulls = term.nulls === null ? '' : ` NULLS ${term.nulls.toUpperCase()}`;
  return `${field}${direction}${nulls}`;
}

/** What a selected field is grouped by, where something beside it is aggregated. */
export function groupTerm(table: Qualified, item: SelectField, params: Parameters): string | null {
  if (item.aggregate !== null) return null;
  return item.alias === null ? fieldSql(table, item.field, params) : quoteName(item.alias);
}

export function spreadGroupTerms(embed: string, fields: readonly SpreadField[]): readonly string[] {
  return fields.filter((f) => f.aggregate === null).map((f) => joined(embed, f.alias ?? f.name));
}
