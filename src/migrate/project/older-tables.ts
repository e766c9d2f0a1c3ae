/**
 * Tables that drizzle-orm before 1.0 made, told to what is of 1.0 (drizzle-kit, the catalog). Both lines mark their classes by the same names, so
 * they are recognised; what differs is how columns get their names, and a few properties that drizzle-kit asks for.
 */
import { Column, is, SQL, Table, View } from 'drizzle-orm';
import {
  type Check,
  type ForeignKey,
  getTableConfig,
  type Index,
  type PgPolicy,
  PgTable,
  type PrimaryKey,
  type UniqueConstraint,
} from 'drizzle-orm/pg-core';
import { type Casing, cased } from './drizzle-line.ts';

/** Postgres cuts longer names, so drizzle-kit has to look for what is left of them. */
const NAME_BYTES = 63;

type Exports = Readonly<Record<string, unknown>>;

const tablesIn = (exports: Exports): readonly PgTable[] =>
  Object.values(exports).filter((it): it is PgTable => is(it, PgTable));

/**
 * Lets 1.0 read the tables, and gives the columns their names in the database: those without a name of their own are called like their property until Drizzle writes SQL. Their
 * own line finds the same names as before.
 */
export function settleTables(exports: Exports, casing: Casing | undefined): void {
  for (const table of tablesIn(exports).filter(isOlder)) {
    if (!Reflect.get(table, SETTLED)) overrideExtras(table, (made) => made.filter(isEntity));
    Reflect.set(table, SETTLED, true);
    if (casing === undefined) continue;
    for (const column of columnsOf(table)) nameColumn(table, column, casing);
  }
}

const SETTLED = Symbol.for('hutch.settled');
const EXTRAS = Symbol.for('drizzle:ExtraConfigBuilder');

/** Classes of 1.0 are told by their marks also with `instanceof`; those before it were not. */
const isOlder = (table: PgTable): boolean => !Object.hasOwn(table.constructor, Symbol.hasInstance);

/** The older line passed over whatever else stood among a table's indexes and constraints; 1.0 throws. */
const isEntity = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Reflect.has(value.constructor, Symbol.for('drizzle:entityKind'));

/** Built anew at each call, so the call itself is what has to answer otherwise. */
function overrideExtras(table: PgTable, change: (made: readonly unknown[]) => readonly unknown[]): void {
  const builder: unknown = Reflect.get(table, EXTRAS);
  if (typeof builder !== 'function') return;
  Reflect.set(table, EXTRAS, (own: unknown) => {
    const made: unknown = builder(own);
    return change(Array.isArray(made) ? made.flat(1) : Object.values(made ?? {}));
  });
}

/** The table's columns, and the copies of them that the functions for indexes and constraints get. */
function columnsOf(table: PgTable): readonly Column[] {
  return ['drizzle:Columns', 'drizzle:ExtraConfigColumns'].flatMap((name) => {
    const found: unknown = Reflect.get(table, Symbol.for(name));
    return typeof found === 'object' && found !== null ? Object.values(found).filter((it) => is(it, Column)) : [];
  });
}

function nameColumn(table: PgTable, column: Column, casing: Casing): void {
  if (!Reflect.get(column, 'keyAsName')) return;
  const key = column.name;
  const name = cased(key, casing);
  // A constraint's name that nobody chose has the column's name in it.
  const constraint = (it: string) => `${Reflect.get(table, Symbol.for('drizzle:Name'))}_${it}_unique`;
  if (column.uniqueName === constraint(key)) Reflect.set(column, 'uniqueName', constraint(name));
  Reflect.set(column, 'name', name);
}

/**
 * Exports as drizzle-kit 1.0 reads them. It changes the tables so that their own line could no longer run queries with them: for a Worker that
 * only compares.
 */
export function forKit(exports: Exports, casing: Casing | undefined): Exports {
  settleTables(exports, casing);
  for (const value of Object.values(exports)) {
    if (is(value, PgTable) && isOlder(value)) modernise(value);
    else if (is(value, View)) eachSql(Reflect.get(value, Symbol.for('drizzle:ViewBaseConfig')), renderable);
  }
  return exports;
}

function modernise(table: PgTable): void {
  const columns = getTableConfig(table).columns;
  for (const column of columns) eachSql(column, renderable);
  flattenArrays(table);
  for (const foreignKey of Object.values(Reflect.get(table, Symbol.for('drizzle:PgInlineForeignKeys')) ?? {}))
    if (isForeignKey(foreignKey)) nameForeignKey(foreignKey);
  overrideExtras(table, (made) => {
    made.forEach(moderniseBuilder);
    return made;
  });
}

type Built = Index | ForeignKey | PrimaryKey | UniqueConstraint | Check | PgPolicy;

function moderniseBuilder(builder: unknown): void {
  if (typeof builder !== 'object' || builder === null) return;
  eachSql(builder, renderable);
  const build: unknown = Reflect.get(builder, 'build');
  if (typeof build !== 'function') return;
  Reflect.set(builder, 'build', (table: PgTable): Built => {
    const built: Built = build.call(builder, table);
    if (isForeignKey(built)) nameForeignKey(built);
    else if (!Reflect.has(built, 'isNameExplicit')) nameConstraint(built);
    return built;
  });
}

const isForeignKey = (value: unknown): value is ForeignKey =>
  typeof value === 'object' && value !== null && 'reference' in value;

/** The older line ends its names otherwise, so all of them count as chosen: else each start would rename what migrations have made. */
function nameForeignKey(foreignKey: ForeignKey): void {
  if (Reflect.has(foreignKey, 'isNameExplicit')) return;
  const name = cut(foreignKey.getName());
  Object.assign(foreignKey, { isNameExplicit: () => true, getName: () => name });
}

function nameConstraint(built: Exclude<Built, ForeignKey>): void {
  if ('getName' in built && typeof built.getName === 'function')
    Object.assign(built, { name: cut(String(built.getName())), isNameExplicit: true });
  else if ('config' in built) Object.assign(built, { isNameExplicit: built.config.name !== undefined });
}

function cut(name: string): string {
  let end = name;
  while (Buffer.byteLength(end) > NAME_BYTES) end = end.slice(0, -1);
  return end;
}

/** An array was a column around a column; in 1.0 it is the column with its number of dimensions. */
function flattenArrays(table: PgTable): void {
  const columns: unknown = Reflect.get(table, Symbol.for('drizzle:Columns'));
  if (typeof columns !== 'object' || columns === null) return;
  for (const [key, column] of Object.entries(columns)) {
    const [base, dimensions] = unwrapped(column, 0);
    if (dimensions > 0) Reflect.set(columns, key, arrayColumn(column, base, dimensions));
  }
}

function unwrapped(column: object, depth: number): readonly [object, number] {
  const base: unknown = Reflect.get(column, 'baseColumn');
  return is(base, Column) ? unwrapped(base, depth + 1) : [column, depth];
}

/** A base column with all that is the array's own: its name, default, whether it may be null. */
function arrayColumn(array: object, base: object, dimensions: number): object {
  const made: object = Object.create(Object.getPrototypeOf(base));
  const { columnType: _, dataType: __, baseColumn: ___, ...own } = Object.fromEntries(Object.entries(array));
  return Object.assign(made, base, own, { dimensions });
}

const RENDERS = Symbol('hutch.renders');

/** SQL of the older line asks whoever has it written for the names of columns, and 1.0 has no answer. */
function renderable(sql: object): void {
  const prototype: unknown = Object.getPrototypeOf(sql);
  if (typeof prototype !== 'object' || prototype === null || Object.hasOwn(prototype, RENDERS)) return;
  const toQuery: unknown = Reflect.get(prototype, 'toQuery');
  if (typeof toQuery !== 'function' || prototype === SQL.prototype) return;
  Object.assign(prototype, {
    [RENDERS]: true,
    toQuery(this: object, config: object) {
      return toQuery.call(this, { casing: NAMES, ...config });
    },
  });
}

const NAMES = { getColumnCasing: (column: Column): string => column.name };

/** `config.columns[0]` of an index's builder. */
const SQL_DEPTH = 3;

/** What SQL a column, a builder or a view has in its own properties, a few levels deep: `default`, `config.where`, `using`. */
function eachSql(owner: unknown, found: (sql: object) => void, depth = 0): void {
  if (typeof owner !== 'object' || owner === null || depth > SQL_DEPTH) return;
  if (is(owner, SQL)) found(owner);
  else if (!is(owner, Table) && !(depth > 0 && is(owner, Column)))
    for (const value of Object.values(owner)) eachSql(value, found, depth + 1);
}
