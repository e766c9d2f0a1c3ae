import { getTableColumns, is, SQL } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { didYouMean, HutchError } from '../../errors/index.ts';
import { Misfit } from './cell.ts';
import { type BulkColumn, bulkColumns } from './column.ts';

/** Rows which give the same columns: they fit one statement, whose other columns take the database's defaults. */
export interface Shape {
  readonly index: number;
  /** Given by the rows. */
  readonly given: readonly BulkColumn[];
  /** Given, and those computed in this process. */
  readonly columns: readonly BulkColumn[];
  /** Whether every row has a value in each of the key's columns: only then it can meet, or be found by, its key. */
  readonly keyed: boolean;
}

/** What is known of a table before its rows are read. */
export class Shapes {
  readonly list: Shape[] = [];
  readonly #columns: ReadonlyMap<string, BulkColumn>;
  readonly #keyFields: ReadonlySet<string>;
  readonly #found = new Map<string, Shape>();
  /** The shape of the row before, and its fields: most rows look like it. */
  #last: { readonly shape: Shape; readonly fields: readonly string[] } | undefined;

  constructor(
    readonly table: PgTable,
    /** Names of the columns that identify a row. */
    private readonly key: ReadonlySet<string>,
    private readonly withDefaults = true,
  ) {
    this.#columns = bulkColumns(table);
    const keys = [...this.#columns.values()].filter((column) => key.has(column.name));
    this.#keyFields = new Set(keys.map((column) => column.key));
  }

  /** The shape of a row; `at` is its place in the call, for errors. */
  of(row: object, at: number): Shape {
    const last = this.#last;
    if (last && fits(last.fields, row, this.#keyFields)) return last.shape;
    let signature = '';
    const values = row as Readonly<Record<string, unknown>>; // an object read by its keys
    // Not Object.entries, whose arrays would be the dearest part of reading a row.
    for (const key in values) {
      const value = values[key];
      if (value === undefined) continue;
      signature += value === null && this.#keyFields.has(key) ? `${key}\0null\0` : `${key}\0`;
    }
    const shape = this.#found.get(signature) ?? this.#learn(signature, row, at);
    const fields = Object.keys(row);
    // A null in the key makes another shape of the same fields.
    this.#last = fits(fields, row, this.#keyFields) ? { shape, fields } : undefined;
    return shape;
  }

  #learn(signature: string, row: object, at: number): Shape {
    const entries = Object.entries(row).filter(([, value]) => value !== undefined);
    const given = entries.map(([key]) => this.#columns.get(key) ?? unknownColumn(this.table, this.#columns, key, at));
    const present = new Set(entries.flatMap(([key, value]) => (value === null ? [] : [key])));
    const keyed = given.filter(({ key, name }) => present.has(key) && this.key.has(name)).length === this.key.size;
    const shape = this.#sameAs(given, keyed) ?? this.#add(given, keyed);
    this.#found.set(signature, shape);
    return shape;
  }

  #sameAs(given: readonly BulkColumn[], keyed: boolean): Shape | undefined {
    const keys = new Set(given);
    return this.list.find(
      (shape) =>
        shape.keyed === keyed && shape.given.length === keys.size && shape.given.every((column) => keys.has(column)),
    );
  }

  #add(given: readonly BulkColumn[], keyed: boolean): Shape {
    const computed = this.withDefaults ? this.#computed(given) : [];
    const shape: Shape = { index: this.list.length, given, columns: [...given, ...computed], keyed };
    this.list.push(shape);
    return shape;
  }

  #computed(given: readonly BulkColumn[]): readonly BulkColumn[] {
    return [...this.#columns.values()].filter((column) => column.makeDefault && !given.includes(column));
  }
}

/** Whether a row has these fields in this order, each with a value, or null where it is not of the key. */
function fits(fields: readonly string[], row: object, keyFields: ReadonlySet<string>): boolean {
  const values = row as Readonly<Record<string, unknown>>; // an object read by its keys
  let index = 0;
  for (const key in values) {
    if (fields[index++] !== key) return false;
    const value = values[key];
    if (value === undefined || (value === null && keyFields.has(key))) return false;
  }
  return index === fields.length;
}

/** The text of a row's cells in the order of its shape's columns; null is SQL NULL. */
export function cellsOf(shape: Shape, row: object, at: number): (string | null)[] {
  const values = row as Readonly<Record<string, unknown>>; // an object read by its keys
  const cells: (string | null)[] = [];
  for (const column of shape.given) cells.push(cellOf(column, values[column.key], at));
  for (let index = shape.given.length; index < shape.columns.length; index++) {
    const column = shape.columns[index];
    if (column) cells.push(cellOf(column, column.makeDefault?.(), at));
  }
  return cells;
}

function cellOf(column: BulkColumn, value: unknown, at: number): string | null {
  if (value === undefined) return null;
  return value === null ? nullCell(column, at) : encoded(column, value, at);
}

function nullCell({ key, column }: BulkColumn, at: number): null {
  if (!column.notNull) return null;
  throw new HutchError('row_invalid_value', {
    field: key,
    details: `rows[${at}].${key} is null, which the column refuses`,
  });
}

function encoded(column: BulkColumn, value: unknown, at: number): string {
  try {
    if (typeof value === 'object' && is(value, SQL))
      throw new Misfit('an SQL expression, which only the fields of `set` may be');
    const text = column.encode(value);
    if (!column.plain && text.includes('\0')) throw new Misfit('text with a NUL, which Postgres has no place for');
    return text;
  } catch (error) {
    const reason = error instanceof Misfit ? error.reason : 'not encodable';
    throw new HutchError('row_invalid_value', {
      field: column.key,
      details: `rows[${at}].${column.key} is ${reason}`,
      cause: error instanceof Misfit ? undefined : error,
    });
  }
}

function unknownColumn(table: PgTable, columns: ReadonlyMap<string, unknown>, key: string, at: number): never {
  const computed = Object.hasOwn(getTableColumns(table), key);
  throw new HutchError('row_unknown_column', {
    field: key,
    details: computed
      ? `rows[${at}].${key}: the database computes this column itself`
      : `rows[${at}].${key}: ${getTableConfig(table).name} has no such column`,
    hint: computed ? null : didYouMean(key, columns.keys()),
  });
}
