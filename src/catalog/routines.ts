import type { RoutineRow } from './rows.ts';
import { settingsOf } from './setting-list.ts';
import type { TypeIndex } from './type-index.ts';
import type { ComputedField, ComputedRelationship, Parameter, Returns, Routine } from './types.ts';

/** The only types that a single unnamed parameter may have: it takes the request's whole body. */
const bodyTypes = new Set(['bytea', 'json', 'jsonb', 'text', 'xml']);

const volatilities = { v: 'volatile', s: 'stable', i: 'immutable' } as const;

/** The functions that can be called by a request. Trigger functions can't, nor those with other unnamed parameters. */
export function routinesOf(rows: readonly RoutineRow[], types: TypeIndex): readonly Routine[] {
  return rows
    .filter((row) => row.kind === 'f' && types.display(row.returns) !== 'trigger' && isCallable(row, types))
    .map((row) => routineOf(row, types))
    .toSorted(byParameters);
}

function isCallable(row: RoutineRow, types: TypeIndex): boolean {
  const inputs = inputsOf(row);
  const unnamed = row.names === null ? inputs.length : 0;
  const [first] = inputs;
  return unnamed === 0 || (unnamed === 1 && first !== undefined && bodyTypes.has(types.display(first.type)));
}

function routineOf(row: RoutineRow, types: TypeIndex): Routine {
  return Object.freeze({
    oid: row.oid,
    schema: row.schema,
    name: row.name,
    description: row.description,
    parameters: Object.freeze(inputsOf(row).map((input, at) => parameterOf(input, at, row, types))),
    outputs: Object.freeze(
      argumentsOf(row)
        .filter(({ mode }) => 'obt'.includes(mode))
        .map(({ name, type }) => ({ name, type: types.display(type), typeOid: type })),
    ),
    returns: returnsOf(row, types),
    volatility: volatilities[row.volatility],
    isVariadic: row.isVariadic,
    ...settingsOf(row.config ?? []),
  });
}

interface Argument {
  readonly name: string;
  readonly type: number;
  /** in, out, both (INOUT), variadic, table. */
  readonly mode: string;
}

function argumentsOf({ names, modes, types }: RoutineRow): readonly Argument[] {
  return types.map((type, at) => ({ name: names?.[at] ?? '', type, mode: modes?.[at] ?? 'i' }));
}

const inputsOf = (row: RoutineRow): readonly Argument[] =>
  row.modes === null ? argumentsOf(row) : argumentsOf(row).filter(({ mode }) => 'ibv'.includes(mode));

function parameterOf({ name, type, mode }: Argument, at: number, row: RoutineRow, types: TypeIndex): Parameter {
  const display = types.display(type);
  return Object.freeze({
    name,
    type: display,
    typeOid: type,
    unlimitedType: unlimited[display] ?? display,
    required: at < row.count - row.defaults,
    variadic: mode === 'v',
  });
}

/** Without a length these mean one character or bit. */
const unlimited: { readonly [type: string]: string } = {
  bit: 'bit varying',
  'bit[]': 'bit varying[]',
  character: 'character varying',
  'character[]': 'character varying[]',
};

function returnsOf(row: RoutineRow, types: TypeIndex): Returns {
  const base = types.base(row.returns);
  const { schema, name } = types.row(base) ?? { schema: '', name: '' };
  return Object.freeze({
    type: Object.freeze({ schema, name }),
    typeOid: base,
    isSet: row.isSet,
    isComposite: types.isComposite(base) || (row.modes ?? []).some((mode) => 'tbo'.includes(mode)),
    isAlias: base !== row.returns,
    isSetOfOne: row.isSet && row.rows === 1,
    isVoid: schema === 'pg_catalog' && name === 'void' && !row.isSet,
  });
}

function byParameters(a: Routine, b: Routine): number {
  return a.parameters.length - b.parameters.length || compare(overloadKey(a), overloadKey(b));
}

const overloadKey = ({ description, parameters }: Routine): string =>
  [description ?? '', ...parameters.map(({ name, type }) => `${name}\0${type}`)].join('\0');

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A function of one row of a relation that returns rows of a relation is a relationship that answers to its name. */
export function computedRelationships(rows: readonly RoutineRow[], types: TypeIndex): readonly ComputedRelationship[] {
  return rows.flatMap((row) => {
    const [parameter, ...others] = inputsOf(row);
    const table = rowType(parameter?.type, types);
    const foreignTable = rowType(row.returns, types);
    if (!table || !foreignTable || others.length > 0) return [];
    return Object.freeze({
      kind: 'computed',
      function: Object.freeze({ schema: row.schema, name: row.name }),
      table,
      foreignTable,
      isSelf: table.schema === foreignTable.schema && table.name === foreignTable.name,
      toOne: !row.isSet || row.rows === 1,
    });
  });
}

/** Functions of one row of a relation that return a single value, by the OID of the row type. */
export function computedFields(
  rows: readonly RoutineRow[],
  types: TypeIndex,
): ReadonlyMap<number, readonly ComputedField[]> {
  const fields = rows.flatMap((row) => {
    const [parameter, ...others] = inputsOf(row);
    const of = parameter && types.all.get(parameter.type);
    const isValue = !row.isSet && !types.isComposite(types.base(row.returns)) && row.kind === 'f';
    if (of?.kind !== 'row' || of.schema !== row.schema || others.length > 0 || !isValue) return [];
    return { of: of.oid, name: row.name, type: types.display(row.returns), typeOid: row.returns };
  });
  const byType = Map.groupBy(fields, ({ of }) => of);
  return new Map(
    [...byType].map(([oid, own]) => [oid, Object.freeze(own.map(({ of: _, ...field }) => Object.freeze(field)))]),
  );
}

function rowType(oid: number | undefined, types: TypeIndex) {
  const type = oid === undefined ? undefined : types.all.get(oid);
  return type?.kind === 'row' ? Object.freeze({ schema: type.schema, name: type.name }) : undefined;
}
