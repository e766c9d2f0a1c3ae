import { grantsOf } from './grants.ts';
import type { RelationNames } from './names.ts';
import { computedFields } from './routines.ts';
import type { CatalogRows, ColumnRow, ConstraintRow, IndexRow, TableRow } from './rows.ts';
import type { TypeIndex } from './type-index.ts';
import type { Column, ForeignKey, ReferentialAction, SoftDelete, Table, TableKind, Unique } from './types.ts';

const kinds: { readonly [K in TableRow['kind']]: TableKind } = {
  r: 'table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
  p: 'partitioned table',
};

/** `1 << CMD_…` in Postgres's source, as `pg_relation_is_updatable` answers. */
const commandBits = { update: 4, insert: 8, delete: 16 };

/** Every table of the exposed schemas by its OID. `viewKeys` are the primary keys that views show in full. */
export function tablesOf(
  rows: CatalogRows,
  types: TypeIndex,
  names: RelationNames,
  viewKeys: ReadonlyMap<number, readonly string[]>,
): ReadonlyMap<number, Table> {
  const columns = Map.groupBy(rows.columns ?? [], ([table]) => table);
  const constraints = Map.groupBy(rows.constraints ?? [], ({ table }) => table);
  const indexes = Map.groupBy(rows.indexes ?? [], ({ table }) => table);
  const computed = computedFields(rows.routines ?? [], types);
  const tables = (rows.tables ?? []).map((row) => {
    const keys = keysOf(row, constraints.get(row.oid) ?? [], indexes.get(row.oid) ?? [], names);
    const own = (columns.get(row.oid) ?? []).map((column) => columnOf(column, row, types));
    const primaryKey = row.kind === 'v' || row.kind === 'm' ? (viewKeys.get(row.oid) ?? []) : keys.primaryKey;
    const softDelete = row.softDelete ? softDeletion(own) : null;
    const fields = computed.get(row.rowType) ?? [];
    return Object.freeze({ ...tableOf(row), ...keys, primaryKey, ...columnsOf(own), computed: fields, softDelete });
  });
  return new Map(tables.map((table) => [table.oid, table]));
}

function tableOf(row: TableRow) {
  const isTable = row.kind === 'r' || row.kind === 'p';
  const can = (bit: number) => isTable || ((row.updatable ?? 0) & bit) === bit;
  return {
    oid: row.oid,
    schema: row.schema,
    name: row.name,
    kind: kinds[row.kind],
    description: row.description,
    isView: row.kind === 'v' || row.kind === 'm',
    insertable: can(commandBits.insert),
    updatable: can(commandBits.update),
    deletable: can(commandBits.delete),
    rowSecurity: row.rowSecurity,
    grants: row.acl && grantsOf(row.acl),
    typeOid: row.rowType,
    drizzle: null,
  };
}

/** Where no Drizzle schema says which columns they are, they are those that its helpers make. */
function softDeletion(columns: readonly Column[]): SoftDelete | null {
  const has = (name: string, type: string) => columns.some((column) => column.name === name && column.type === type);
  if (!has('deleted_at', 'timestamp with time zone')) return null;
  return Object.freeze({ column: 'deleted_at', flag: has('deleted', 'boolean') ? 'deleted' : null });
}

function columnsOf(columns: readonly Column[]) {
  return {
    columns: new Map(columns.map((column) => [column.name, column])),
    columnNames: Object.freeze(columns.map((column) => column.name)),
  };
}

function columnOf(row: ColumnRow, table: TableRow, types: TypeIndex): Column {
  const [, position, name, typeOid, modifier, printed, notNull, fallback, identity, generated, description, updatable] =
    row;
  const type = types.row(typeOid);
  const declared = printed ?? types.display(typeOid);
  const baseTypeOid = types.base(typeOid);
  return Object.freeze({
    name,
    position,
    description,
    type: types.plainName(typeOid, declared),
    nominalType: declared,
    typeOid,
    baseTypeOid,
    nullable: !(notNull || type?.domain?.notNull),
    default: generated ? null : (fallback ?? type?.domain?.default ?? null),
    maxLength: type?.domain ? maxLength(type.domain.type, type.domain.mod) : maxLength(typeOid, modifier),
    enum: types.labels(baseTypeOid),
    isArray: types.isArray(baseTypeOid),
    isJson: types.isJson(baseTypeOid),
    isComposite: types.isComposite(baseTypeOid),
    generated: generated === 's' ? 'stored' : generated === 'v' ? 'virtual' : null,
    identity: identity === 'a' ? 'always' : identity === 'd' ? 'by default' : null,
    writable: table.kind === 'r' || table.kind === 'p' ? !generated && identity !== 'a' : updatable === true,
    drizzle: null,
  });
}

/** `varchar(n)` and `char(n)` keep n + 4 in their modifier, `bit(n)` and `varbit(n)` keep n. */
function maxLength(type: number, modifier: number): number | null {
  if (modifier < 0) return null;
  if (type === 1042 || type === 1043) return modifier - 4;
  return type === 1560 || type === 1562 ? modifier : null;
}

function keysOf(
  table: TableRow,
  constraints: readonly ConstraintRow[],
  indexes: readonly IndexRow[],
  names: RelationNames,
) {
  const columns = (key: readonly number[] | null) => names.columns(table.oid, key ?? []) ?? [];
  const primary = constraints.find(({ type }) => type === 'p');
  const uniques: Unique[] = [
    ...constraints
      .filter(({ type }) => type === 'u')
      .map(({ name, key }) => ({ name, columns: columns(key), where: null, constraint: true })),
    ...indexes.map(({ name, key, where }) => ({ name, columns: columns(key), where, constraint: false })),
  ];
  return {
    primaryKey: Object.freeze(columns(primary?.key ?? null).toSorted(byCodePoint)),
    primaryKeyName: primary?.name ?? null,
    uniques: Object.freeze(uniques),
    foreignKeys: Object.freeze(constraints.flatMap((constraint) => foreignKeyOf(constraint, names) ?? [])),
  };
}

const actions: { readonly [code: string]: ReferentialAction } = {
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

function foreignKeyOf(row: ConstraintRow, names: RelationNames): ForeignKey | undefined {
  const foreign = names.relation(row.foreignTable);
  const columns = names.columns(row.table, row.key ?? []);
  const foreignColumns = names.columns(row.foreignTable, row.foreignKey ?? []);
  if (row.type !== 'f' || row.inherited || !foreign || !columns || !foreignColumns) return undefined;
  return {
    name: row.name,
    columns,
    references: { ...foreign, columns: foreignColumns },
    onDelete: actions[row.onDelete] ?? 'no action',
    onUpdate: actions[row.onUpdate] ?? 'no action',
  };
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
