import type {
  Catalog,
  Column,
  MediaHandler,
  Parameter,
  Qualified,
  Relationship,
  Routine,
  Table,
} from '../../catalog/index.ts';

/** The catalog as PostgREST's admin server prints its schema cache: the same keys, maps with names as pairs. */
export function schemaDump(catalog: Catalog): string {
  const schemas = [...catalog.schemas.values()];
  const tables = schemas.flatMap((schema) => [...schema.tables.values()]);
  const routines = schemas.flatMap((schema) => [...schema.routines.values()]);
  const relationships = schemas.flatMap((schema) =>
    [...schema.relationships].flatMap(([table, byForeign]) =>
      [...byForeign].map(([foreign, of]) => [
        [qi({ schema: schema.name, name: table }), foreign],
        of.map(relationship),
      ]),
    ),
  );
  return JSON.stringify({
    dbMediaHandlers: handlers(catalog),
    dbRelationships: relationships,
    dbRepresentations: [...catalog.representations].flatMap(([from, to]) =>
      [...to].map(([target, name]) => [[from, target], { drSourceType: from, drTargetType: target, drFunction: name }]),
    ),
    dbRoutines: routines.map((overloads) => [overloads[0] && qi(overloads[0]), overloads.map(routine)]),
    dbTables: tables.map((table) => [qi(table), tableOf(table)]),
  });
}

const qi = ({ schema, name }: Qualified) => ({ qiSchema: schema, qiName: name });

const tableOf = (table: Table) => ({
  tableSchema: table.schema,
  tableName: table.name,
  tableDescription: table.description,
  tableIsView: table.isView,
  tableInsertable: table.insertable,
  tableUpdatable: table.updatable,
  tableDeletable: table.deletable,
  tablePKCols: table.primaryKey,
  tableColumns: Object.fromEntries([...table.columns].map(([name, column]) => [name, columnOf(column)])),
});

const columnOf = (column: Column) => ({
  colName: column.name,
  colDescription: column.description,
  colNullable: column.nullable,
  colType: column.type,
  colNominalType: column.nominalType,
  colMaxLen: column.maxLength,
  colDefault: column.default,
  colEnum: column.enum,
});

function relationship(one: Relationship) {
  const ends = { relTable: qi(one.table), relForeignTable: qi(one.foreignTable), relIsSelf: one.isSelf };
  if (one.kind === 'computed')
    return {
      tag: 'ComputedRelationship',
      ...ends,
      relFunction: qi(one.function),
      relTableAlias: qi(one.table),
      relToOne: one.toOne,
    };
  const views = { relTableIsView: one.tableIsView, relFTableIsView: one.foreignTableIsView };
  return { tag: 'Relationship', ...ends, ...views, relCardinality: cardinality(one) };
}

const tags = { 'one-to-many': 'O2M', 'many-to-one': 'M2O', 'one-to-one': 'O2O' } as const;

function cardinality(one: Exclude<Relationship, { readonly kind: 'computed' }>) {
  if (one.kind !== 'many-to-many') {
    const keyed = { tag: tags[one.kind], relCons: one.constraint, relColumns: one.columns };
    return one.kind === 'one-to-one' ? { ...keyed, isParent: one.isParent } : keyed;
  }
  const { table, constraint1, constraint2, sourceColumns, targetColumns } = one.junction;
  const constraints = { junConstraint1: constraint1, junConstraint2: constraint2 };
  const columns = { junColsSource: sourceColumns, junColsTarget: targetColumns };
  return { tag: 'M2M', contents: { junTable: qi(table), ...constraints, ...columns } };
}

const volatilities = { volatile: 'Volatile', stable: 'Stable', immutable: 'Immutable' } as const;

function routine({ schema, name, description, parameters, returns, volatility, isVariadic, ...rest }: Routine) {
  const type = returns.isComposite
    ? { tag: 'Composite', contents: [qi(returns.type), returns.isAlias] }
    : { tag: 'Scalar', contents: qi(returns.type) };
  return {
    pdSchema: schema,
    pdName: name,
    pdDescription: description,
    pdParams: parameters.map(parameter),
    pdReturnType: { tag: returns.isSet ? 'SetOf' : 'Single', contents: type },
    pdVolatility: volatilities[volatility],
    pdHasVariadic: isVariadic,
    pdIsoLvl: rest.isolation,
    pdFuncSettings: rest.settings,
  };
}

const parameter = ({ name, type, unlimitedType, required, variadic }: Parameter) => ({
  ppName: name,
  ppType: type,
  ppTypeMaxLength: unlimitedType,
  ppReq: required,
  ppVar: variadic,
});

function handlers({ handlers: { any, of } }: Catalog) {
  const targeted = [...of.values()].flatMap((byName) => [...byName.values()].flatMap((byType) => [...byType]));
  return [...any, ...targeted].map(([mediaType, handler]) => [
    [handlerTarget(handler), mediaType],
    qi(handler.function),
  ]);
}

const handlerTarget = ({ target }: MediaHandler) =>
  target === null ? { tag: 'RelAnyElement' } : { tag: 'RelId', contents: qi(target) };
