/** What `postgrest --dump-schema` writes, as far as it is compared. */
export interface Dump {
  readonly dbTables: readonly (readonly [Name, DumpedTable])[];
  readonly dbRelationships: readonly (readonly [readonly [Name, string], readonly DumpedRelationship[]])[];
  readonly dbRoutines: readonly (readonly [Name, readonly DumpedRoutine[]])[];
  readonly dbRepresentations: readonly (readonly [readonly [string, string], { readonly drFunction: string }])[];
}

interface Name {
  readonly qiSchema: string;
  readonly qiName: string;
}

interface DumpedTable {
  readonly tableInsertable: boolean;
  readonly tableUpdatable: boolean;
  readonly tableDeletable: boolean;
  readonly tablePKCols: readonly string[];
  readonly tableIsView: boolean;
  readonly tableDescription: string | null;
  readonly tableColumns: Readonly<Record<string, DumpedColumn>>;
}

interface DumpedColumn {
  readonly colDescription: string | null;
  readonly colNullable: boolean;
  readonly colType: string;
  readonly colNominalType: string;
  readonly colMaxLen: number | null;
  readonly colDefault: string | null;
  readonly colEnum: readonly string[];
}

type Pairs = readonly (readonly [string, string])[];

type DumpedRelationship = {
  readonly relTable: Name;
  readonly relForeignTable: Name;
  readonly relIsSelf: boolean;
} & (
  | { readonly tag: 'ComputedRelationship'; readonly relFunction: Name; readonly relToOne: boolean }
  | {
      readonly tag: 'Relationship';
      readonly relTableIsView: boolean;
      readonly relFTableIsView: boolean;
      readonly relCardinality:
        | { readonly tag: 'M2O' | 'O2M' | 'O2O'; readonly relCons: string; readonly relColumns: Pairs }
        | { readonly tag: 'M2M'; readonly contents: DumpedJunction };
    }
);

interface DumpedJunction {
  readonly junTable: Name;
  readonly junConstraint1: string;
  readonly junConstraint2: string;
  readonly junColsSource: Pairs;
  readonly junColsTarget: Pairs;
}

interface DumpedRoutine {
  readonly pdDescription: string | null;
  readonly pdParams: readonly {
    readonly ppName: string;
    readonly ppType: string;
    readonly ppTypeMaxLength: string;
    readonly ppReq: boolean;
    readonly ppVar: boolean;
  }[];
  readonly pdReturnType: {
    readonly tag: 'SetOf' | 'Single';
    readonly contents:
      | { readonly tag: 'Scalar'; readonly contents: Name }
      | { readonly tag: 'Composite'; readonly contents: readonly [Name, boolean] };
  };
  readonly pdVolatility: string;
  readonly pdHasVariadic: boolean;
  readonly pdIsoLvl: string | null;
}

/** The same entries as of our own catalog. */
export function dumpedEntries(dump: Dump): ReadonlyMap<string, unknown> {
  const relationships = dump.dbRelationships.filter(([, all]) => all.length > 0);
  return new Map<string, unknown>([
    ...dump.dbTables.map(([name, table]) => [`table ${dotted(name)}`, tableEntry(table)] as const),
    ...dump.dbRoutines.map(([name, all]) => [`function ${dotted(name)}`, all.map(routineEntry)] as const),
    ...relationships.map(([[name, to], all]) => [`from ${dotted(name)} to ${to}`, all.map(relationshipEntry)] as const),
    ...dump.dbRepresentations.map(
      ([[from, to], { drFunction }]) => [`representation ${from} to ${to}`, drFunction] as const,
    ),
  ]);
}

function tableEntry(table: DumpedTable): unknown {
  return {
    insertable: table.tableInsertable,
    updatable: table.tableUpdatable,
    deletable: table.tableDeletable,
    primaryKey: table.tablePKCols.toSorted(),
    isView: table.tableIsView,
    description: table.tableDescription,
    columns: Object.fromEntries(
      Object.entries(table.tableColumns).map(([name, column]) => [name, columnEntry(column)]),
    ),
  };
}

const columnEntry = (column: DumpedColumn): unknown => ({
  description: column.colDescription,
  nullable: column.colNullable,
  type: column.colType,
  nominalType: column.colNominalType,
  maxLength: column.colMaxLen,
  default: column.colDefault,
  enum: column.colEnum,
});

const KINDS = { M2O: 'many-to-one', O2M: 'one-to-many', O2O: 'one-to-one', M2M: 'many-to-many' } as const;

function relationshipEntry(one: DumpedRelationship): unknown {
  const ends = { table: dotted(one.relTable), foreignTable: dotted(one.relForeignTable), isSelf: one.relIsSelf };
  if (one.tag === 'ComputedRelationship')
    return { kind: 'computed', ...ends, function: dotted(one.relFunction), toOne: one.relToOne };
  const views = [one.relTableIsView, one.relFTableIsView];
  const kind = KINDS[one.relCardinality.tag];
  if (one.relCardinality.tag !== 'M2M') {
    const { relCons, relColumns } = one.relCardinality;
    return { kind, ...ends, constraints: [relCons], columns: [relColumns], views };
  }
  const { junTable, junConstraint1, junConstraint2, junColsSource, junColsTarget } = one.relCardinality.contents;
  const columns = [junColsSource, junColsTarget];
  return { kind, ...ends, junction: dotted(junTable), constraints: [junConstraint1, junConstraint2], columns, views };
}

function routineEntry({ pdParams, pdReturnType, ...routine }: DumpedRoutine): unknown {
  const { contents } = pdReturnType;
  const type = contents.tag === 'Composite' ? contents.contents[0] : contents.contents;
  return {
    description: routine.pdDescription,
    parameters: pdParams.map(({ ppName, ppType, ppTypeMaxLength, ppReq, ppVar }) => [
      ppName,
      ppType,
      ppTypeMaxLength,
      ppReq,
      ppVar,
    ]),
    returns: [dotted(type), pdReturnType.tag === 'SetOf', contents.tag === 'Composite'],
    volatility: routine.pdVolatility.toLowerCase(),
    isVariadic: routine.pdHasVariadic,
    isolation: routine.pdIsoLvl?.toLowerCase() ?? null,
  };
}

const dotted = ({ qiSchema, qiName }: Name): string => `${qiSchema}.${qiName}`;
