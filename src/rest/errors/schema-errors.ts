/** PGRST2xx: names that the catalog does not have, or has more than once. */
import { DialectError } from './dialect-error.ts';
import { FuzzySet } from './fuzzy-set.ts';

/** Names of tables and functions are only revealed to those who nearly know them. */
const revealingScore = 0.75;

/** A relationship as an error shows it. Columns are in the constraint's order. */
export interface RelationshipNote {
  readonly table: string;
  readonly foreignTable: string;
  readonly kind:
    | {
        readonly cardinality: 'many-to-one' | 'one-to-one' | 'one-to-many';
        readonly constraint: string;
        readonly columns: readonly string[];
        readonly foreignColumns: readonly string[];
      }
    | {
        readonly cardinality: 'many-to-many';
        readonly junction: string;
        /** The junction's foreign key to `table`, and its columns there. */
        readonly sourceConstraint: string;
        readonly sourceColumns: readonly string[];
        /** The junction's foreign key to `foreignTable`, and its columns there. */
        readonly targetConstraint: string;
        readonly targetColumns: readonly string[];
      };
}

/**
 * No relationship between an embed's parent and child. `parents` are all tables of the schema with relationships,
 * `children` what the parent relates to (undefined where the parent has none at all).
 */
export function noRelationship(search: {
  readonly parent: string;
  readonly child: string;
  readonly hint: string | null;
  readonly schema: string;
  readonly parents: Iterable<string>;
  readonly children: Iterable<string> | undefined;
}): DialectError {
  const { parent, child, schema } = search;
  const hinted = search.hint === null ? '' : `' using the hint '${search.hint}`;
  return new DialectError(
    400,
    'PGRST200',
    `Could not find a relationship between '${parent}' and '${child}' in the schema cache`,
    {
      details: `Searched for a foreign key relationship between '${parent}' and '${child}${hinted}' in the schema '${schema}', but no matches were found.`,
      hint: relationshipHint(search),
    },
  );
}

function relationshipHint(search: Parameters<typeof noRelationship>[0]): string | null {
  const wrong = search.children === undefined ? search.parent : search.child;
  const right =
    search.children === undefined
      ? new FuzzySet(search.parents).best(search.parent)
      : new FuzzySet(search.children).matches(search.child).find((match) => match.score < 1)?.name;
  return right === undefined ? null : `Perhaps you meant '${right}' instead of '${wrong}'.`;
}

export function ambiguousRelationship(
  parent: string,
  child: string,
  candidates: readonly RelationshipNote[],
): DialectError {
  const choices = candidates.map((note) => `'${note.foreignTable}!${disambiguation(note)}'`).join(', ');
  return new DialectError(
    300,
    'PGRST201',
    `Could not embed because more than one relationship was found for '${parent}' and '${child}'`,
    {
      details: candidates.map(describeRelationship),
      hint: `Try changing '${child}' to one of the following: ${choices}. Find the desired relationship in the 'details' key.`,
    },
  );
}

function disambiguation({ kind }: RelationshipNote): string {
  return kind.cardinality === 'many-to-many' ? kind.junction : kind.constraint;
}

function describeRelationship({ table, foreignTable, kind }: RelationshipNote): Readonly<Record<string, string>> {
  const relationship =
    kind.cardinality === 'many-to-many'
      ? `${kind.junction} using ${kind.sourceConstraint}${list(kind.sourceColumns)} and ${kind.targetConstraint}${list(kind.targetColumns)}`
      : `${kind.constraint} using ${table}${list(kind.columns)} and ${foreignTable}${list(kind.foreignColumns)}`;
  return { cardinality: kind.cardinality, embedding: `${table} with ${foreignTable}`, relationship };
}

const list = (names: readonly string[]): string => `(${names.join(', ')})`;

/** How a POST call's body was given, which decides what function was looked for. */
export type CallBody = 'json' | 'text' | 'xml' | 'octets' | 'other';

export interface RoutineSearch {
  readonly schema: string;
  readonly routine: string;
  /** Argument names as given, sorted. */
  readonly arguments: readonly string[];
  /** Null for GET and HEAD. */
  readonly body: CallBody | null;
  /** Every function name of the schema. */
  readonly routines: readonly string[];
  /** The parameter names of each function of that very name. */
  readonly overloads: readonly (readonly string[])[];
}

export function noRoutine(search: RoutineSearch): DialectError {
  const name = `${search.schema}.${search.routine}`;
  const single = singleParameter(search.body);
  const given = search.arguments.length === 0 ? ' without parameters' : list(search.arguments);
  return new DialectError(
    404,
    'PGRST202',
    `Could not find the function ${name}${single === undefined ? given : ''} in the schema cache`,
    {
      details: `Searched for the function ${name}${single ?? searchedParameters(search)}, but no matches were found in the schema cache.`,
      hint: single === undefined ? routineHint(search) : null,
    },
  );
}

function singleParameter(body: CallBody | null): string | undefined {
  if (body === 'text') return ' with a single unnamed text parameter';
  if (body === 'xml') return ' with a single unnamed xml parameter';
  if (body === 'octets') return ' with a single unnamed bytea parameter';
  return undefined;
}

function searchedParameters(search: RoutineSearch): string {
  const names = search.arguments;
  const named =
    names.length === 0 ? ' without parameters' : ` with parameter${names.length > 1 ? 's' : ''} ${names.join(', ')}`;
  return search.body === 'json' ? `${named} or with a single unnamed json/jsonb parameter` : named;
}

function routineHint(search: RoutineSearch): string | null {
  const meant = search.overloads.length === 0 ? nearRoutine(search) : nearOverload(search);
  return meant === undefined ? null : `Perhaps you meant to call the function ${search.schema}.${meant}`;
}

function nearRoutine(search: RoutineSearch): string | undefined {
  return FuzzySet.of(search.routines).best(search.routine, revealingScore);
}

function nearOverload(search: RoutineSearch): string | undefined {
  const signature = (names: readonly string[]): string => list([...names].sort());
  const near = new FuzzySet(search.overloads.map(signature)).best(signature(search.arguments));
  return near === undefined ? undefined : search.routine + near;
}

export interface RoutineNote {
  readonly schema: string;
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
}

export function ambiguousRoutine(candidates: readonly RoutineNote[]): DialectError {
  const described = candidates.map(
    ({ schema, name, parameters }) =>
      `${schema}.${name}${list(parameters.map((parameter) => `${parameter.name} => ${parameter.type}`))}`,
  );
  return new DialectError(
    300,
    'PGRST203',
    `Could not choose the best candidate function between: ${described.join(', ')}`,
    {
      hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
    },
  );
}

export const noColumn = (relation: string, column: string) =>
  new DialectError(400, 'PGRST204', `Could not find the '${column}' column of '${relation}' in the schema cache`);

/** `tables` is a fuzzy set of the schema's tables, made once for a catalog; undefined for a schema that has none. */
export function noTable(schema: string, table: string, tables: FuzzySet | undefined): DialectError {
  const near = tables?.best(table, revealingScore);
  return new DialectError(404, 'PGRST205', `Could not find the table '${schema}.${table}' in the schema cache`, {
    hint: near === undefined ? null : `Perhaps you meant the table '${schema}.${near}'`,
  });
}
