import type { Catalog, Column, Qualified, Relationship, Routine, Table } from '../../src/catalog/index.ts';

/** Everything in a catalog that a schema cache has too, each under a key of its own, in a form that both can be brought into. */
export function ownEntries(catalog: Catalog): ReadonlyMap<string, unknown> {
  const casts = [...catalog.representations].flatMap(([source, targets]) =>
    [...targets].map(([target, call]) => [`representation ${source} to ${target}`, call] as const),
  );
  const schemas = [...catalog.schemas.values()].flatMap(({ name, tables, routines, relationships }) => [
    ...[...tables.values()].map((table) => [`table ${qualified(table)}`, tableEntry(table)] as const),
    ...[...routines].map(([routine, all]) => [`function ${name}.${routine}`, all.map(routineEntry)] as const),
    ...[...relationships].flatMap(([table, bySchema]) =>
      [...bySchema].map(
        ([foreign, all]) => [`from ${name}.${table} to ${foreign}`, all.map(relationshipEntry)] as const,
      ),
    ),
  ]);
  return new Map<string, unknown>([...schemas, ...casts]);
}

/** A view's key has no order of its own. */
function tableEntry({ insertable, updatable, deletable, primaryKey, isView, description, columns }: Table): unknown {
  const shown = Object.fromEntries([...columns.values()].map((column) => [column.name, columnEntry(column)]));
  return { insertable, updatable, deletable, primaryKey: primaryKey.toSorted(), isView, description, columns: shown };
}

const columnEntry = ({
  description,
  nullable,
  type,
  nominalType,
  maxLength,
  default: value,
  enum: labels,
}: Column) => ({ description, nullable, type, nominalType, maxLength, default: value, enum: labels });

function relationshipEntry(one: Relationship): unknown {
  const ends = {
    kind: one.kind,
    table: qualified(one.table),
    foreignTable: qualified(one.foreignTable),
    isSelf: one.isSelf,
  };
  if (one.kind === 'computed') return { ...ends, function: qualified(one.function), toOne: one.toOne };
  const views = [one.tableIsView, one.foreignTableIsView];
  if (one.kind !== 'many-to-many') return { ...ends, constraints: [one.constraint], columns: [one.columns], views };
  const { table, constraint1, constraint2, sourceColumns, targetColumns } = one.junction;
  const columns = [sourceColumns, targetColumns];
  return { ...ends, junction: qualified(table), constraints: [constraint1, constraint2], columns, views };
}

function routineEntry({ description, parameters, returns, volatility, isVariadic, isolation }: Routine): unknown {
  return {
    description,
    parameters: parameters.map(({ name, type, unlimitedType, required, variadic }) => [
      name,
      type,
      unlimitedType,
      required,
      variadic,
    ]),
    returns: [qualified(returns.type), returns.isSet, returns.isComposite],
    volatility,
    isVariadic,
    isolation,
  };
}

export const qualified = ({ schema, name }: Qualified): string => `${schema}.${name}`;
