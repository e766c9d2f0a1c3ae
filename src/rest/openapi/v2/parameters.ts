import type { Parameter, Routine, Table } from '../../../catalog/index.ts';
import { argumentsSchema, elementType, swaggerFormat, swaggerType } from './schemas.ts';
import type { Reference, SwaggerParameter } from './types.ts';

export const parameterRef = (name: string): Reference => ({ $ref: `#/parameters/${name}` });

const returns = ['return=representation', 'return=minimal', 'return=none'];
const resolutions = ['resolution=ignore-duplicates', 'resolution=merge-duplicates'];

const prefer = (values: readonly string[]): SwaggerParameter => ({
  name: 'Prefer',
  description: 'Preference',
  required: false,
  ...(values.length === 0 ? {} : { enum: values }),
  in: 'header',
  type: 'string',
});

const text = (name: string, place: 'query' | 'header', description: string, fallback?: string): SwaggerParameter => ({
  name,
  description,
  required: false,
  in: place,
  type: 'string',
  ...(fallback === undefined ? {} : { default: fallback }),
});

const paging = 'Limiting and Pagination';

const common: Readonly<Record<string, SwaggerParameter>> = {
  preferParams: prefer([]),
  preferReturn: prefer(returns),
  preferCount: prefer(['count=none']),
  preferPost: prefer([...returns, ...resolutions]),
  select: text('select', 'query', 'Filtering Columns'),
  on_conflict: text('on_conflict', 'query', 'On Conflict'),
  order: text('order', 'query', 'Ordering'),
  range: text('Range', 'header', paging),
  rangeUnit: text('Range-Unit', 'header', paging, 'items'),
  offset: text('offset', 'query', paging),
  limit: text('limit', 'query', paging),
};

export function parameterDefinitions(tables: readonly Table[]): Readonly<Record<string, SwaggerParameter>> {
  return { ...common, ...Object.fromEntries(tables.flatMap((table) => [bodyOf(table), ...filtersOf(table)])) };
}

export const bodyName = ({ name }: Table): string => `body.${name}`;
export const filterNames = ({ name, columnNames }: Table): readonly string[] =>
  columnNames.map((column) => `rowFilter.${name}.${column}`);

function bodyOf(table: Table): [string, SwaggerParameter] {
  const { name } = table;
  const schema = { $ref: `#/definitions/${name}` };
  return [bodyName(table), { name, description: name, required: false, in: 'body', schema }];
}

function filtersOf(table: Table): [string, SwaggerParameter][] {
  return [...table.columns.values()].map(({ name, description }) => [
    `rowFilter.${table.name}.${name}`,
    { name, ...(description === null ? {} : { description }), required: false, in: 'query', type: 'string' },
  ]);
}

/** Arguments in the URL. An array is written as a literal, but a variadic one as a parameter that is repeated. */
export function queryArgument({ name, type, required, variadic }: Parameter): SwaggerParameter {
  if (!variadic) {
    const plain = swaggerType(type);
    const inUrl = plain === undefined || plain === 'array' ? 'string' : plain;
    return { name, required, in: 'query', format: swaggerFormat(type), type: inUrl };
  }
  const element = elementType(type);
  const itemType = swaggerType(element);
  const items = { ...(itemType === undefined ? {} : { type: itemType }), format: swaggerFormat(element) };
  return { name, required, in: 'query', type: swaggerType(type) ?? 'string', items, collectionFormat: 'multi' };
}

export function bodyArguments(routine: Routine): readonly (SwaggerParameter | Reference)[] {
  return [{ name: 'args', required: true, in: 'body', schema: argumentsSchema(routine) }, parameterRef('preferParams')];
}
