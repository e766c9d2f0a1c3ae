import { identifier, qualified } from '../../db/quoting.ts';
import type * as e from './entities.ts';

/** A state with its entities found by name, so that states of two databases can be laid side by side. */
export interface Keyed {
  readonly state: e.SchemaState;
  readonly schemas: ReadonlyMap<string, e.SchemaEntity>;
  readonly extensions: ReadonlyMap<string, e.ExtensionEntity>;
  readonly enums: ReadonlyMap<string, e.EnumEntity>;
  readonly domains: ReadonlyMap<string, e.DomainEntity>;
  readonly composites: ReadonlyMap<string, e.CompositeEntity>;
  readonly sequences: ReadonlyMap<string, e.SequenceEntity>;
  readonly tables: ReadonlyMap<string, e.TableEntity>;
  readonly columns: ReadonlyMap<string, e.ColumnEntity>;
  readonly constraints: ReadonlyMap<string, e.ConstraintEntity>;
  readonly indexes: ReadonlyMap<string, e.IndexEntity>;
  readonly triggers: ReadonlyMap<string, e.TriggerEntity>;
  readonly policies: ReadonlyMap<string, e.PolicyEntity>;
  readonly rules: ReadonlyMap<string, e.RuleEntity>;
  readonly views: ReadonlyMap<string, e.ViewEntity>;
  readonly functions: ReadonlyMap<string, e.FunctionEntity>;
  readonly roles: ReadonlyMap<string, e.RoleEntity>;
  readonly others: ReadonlyMap<string, e.OtherEntity>;
  /** The quoted, qualified name of a table or view. */
  readonly relation: (oid: number) => string;
}

const nameOf = (it: { readonly schema: string; readonly name: string }): string => qualified(it.schema, it.name);
const plain = (it: { readonly name: string }): string => identifier(it.name);

export const functionKey = (it: e.FunctionEntity): string => `${nameOf(it)}(${it.args})`;

export function keyed(state: e.SchemaState): Keyed {
  const relations = new Map([...state.tables, ...state.views].map((it) => [it.oid, nameOf(it)]));
  const relation = (oid: number): string => relations.get(oid) ?? `relation ${oid}`;
  const part = (it: { readonly table: number; readonly name: string }) =>
    `${relation(it.table)}.${identifier(it.name)}`;
  const by = <T>(list: readonly T[], key: (item: T) => string) => new Map(list.map((item) => [key(item), item]));
  return {
    state,
    relation,
    schemas: by(state.schemas, plain),
    extensions: by(state.extensions, plain),
    enums: by(state.enums, nameOf),
    domains: by(state.domains, nameOf),
    composites: by(state.composites, nameOf),
    sequences: by(state.sequences, nameOf),
    tables: by(state.tables, nameOf),
    columns: by(state.columns, part),
    constraints: by(state.constraints, part),
    indexes: by(state.indexes, nameOf),
    triggers: by(state.triggers, part),
    policies: by(state.policies, part),
    rules: by(state.rules, part),
    views: by(state.views, nameOf),
    functions: by(state.functions, functionKey),
    roles: by(state.roles, plain),
    others: by(state.others, (it) => `${it.kind} ${it.name}`),
  };
}

const KINDS = [
  'schemas',
  'extensions',
  'enums',
  'domains',
  'composites',
  'sequences',
  'tables',
  'columns',
  'constraints',
  'indexes',
  'triggers',
  'policies',
  'rules',
  'views',
  'functions',
  'roles',
  'others',
] as const;

export type EntityKind = (typeof KINDS)[number];

export interface Difference {
  readonly kind: EntityKind;
  /** Quoted, qualified name. */
  readonly name: string;
  /** `missing`: only the second state has it; `extra`: only the first; `changed`: both, in different forms. */
  readonly what: 'missing' | 'extra' | 'changed';
  /** For changed ones, the fields that differ. */
  readonly fields: readonly string[];
}

/** What differs between two states, by name. OIDs and the order of columns play no part. */
export function differences(from: Keyed, to: Keyed, options: { readonly roles?: boolean } = {}): readonly Difference[] {
  const kinds = KINDS.filter((kind) => options.roles !== false || kind !== 'roles');
  return kinds.flatMap((kind) => differencesOf(kind, from[kind], to[kind]));
}

function differencesOf(
  kind: EntityKind,
  from: ReadonlyMap<string, object>,
  to: ReadonlyMap<string, object>,
): readonly Difference[] {
  const found: Difference[] = [];
  for (const [name, entity] of from) {
    const other = to.get(name);
    const fields = other ? differingFields(entity, other) : [];
    if (!other) found.push({ kind, name, what: 'extra', fields });
    else if (fields.length > 0) found.push({ kind, name, what: 'changed', fields });
  }
  for (const name of to.keys()) {
    if (!from.has(name)) found.push({ kind, name, what: 'missing', fields: [] });
  }
  return found;
}

/** Fields that say where an entity is, not what it is. */
const PLACE = new Set(['oid', 'table', 'number', 'references', 'keys', 'referencedKeys']);

function differingFields(a: object, b: object): readonly string[] {
  const other = new Map<string, unknown>(Object.entries(b));
  return Object.entries(a).flatMap(([field, value]) =>
    PLACE.has(field) || same(value, other.get(field)) ? [] : [field],
  );
}

export const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
