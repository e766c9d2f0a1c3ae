import { is, SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { didYouMean, HutchError } from '../../errors/index.ts';
import { type BulkColumn, bulkColumns } from './column.ts';
import type { Shape } from './shape.ts';

/** A column's new value: a value, or an expression over the row there is and the row that came. */
export type NewValues = Readonly<Record<string, unknown>>;

/** What to set where a row exists: every given column but the key, these, or these expressions. */
export type SetSetting =
  | readonly string[]
  | NewValues
  | ((excluded: Readonly<Record<string, SQL>>) => NewValues)
  | undefined;

/** One assignment of an UPDATE. */
export interface Assignment {
  readonly column: BulkColumn;
  readonly value: SQL;
  /** Not a reason to write by itself: an `$onUpdateFn`, such as the time of the change. */
  readonly incidental: boolean;
}

/** Writes assignments; knows the table, the key's columns, and the name of what came (`excluded`, or the source `s`). */
export class Changes {
  readonly #columns: ReadonlyMap<string, BulkColumn>;

  constructor(
    table: PgTable,
    private readonly key: ReadonlySet<string>,
    private readonly came: SQL,
    private readonly set: SetSetting,
  ) {
    this.#columns = bulkColumns(table);
  }

  /** The assignments for rows of this shape; none means that an existing row stays as it is. */
  for(shape: Shape): readonly Assignment[] {
    const chosen = this.#chosen(shape);
    if (chosen.length === 0) return [];
    const set = new Set(chosen.map(({ column }) => column.key));
    return [...chosen, ...this.#onUpdate(set)];
  }

  #chosen(shape: Shape): readonly Assignment[] {
    if (this.set === undefined) {
      return shape.given.filter(({ name }) => !this.key.has(name)).map((column) => this.#taken(column));
    }
    if (isNames(this.set)) return this.set.map((key) => this.#taken(this.#column(key)));
    const values = typeof this.set === 'function' ? this.set(this.#incoming()) : this.set;
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    return given.map(([key, value]) => ({
      column: this.#column(key),
      value: this.#expression(key, value),
      incidental: false,
    }));
  }

  #taken(column: BulkColumn): Assignment {
    return { column, value: this.#cameAs(column), incidental: false };
  }

  #cameAs = (column: BulkColumn): SQL => sql`${this.came}.${sql.identifier(column.name)}`;

  #incoming(): Readonly<Record<string, SQL>> {
    return Object.fromEntries([...this.#columns].map(([key, column]) => [key, this.#cameAs(column)]));
  }

  #expression(key: string, value: unknown): SQL {
    return is(value, SQL) ? value : sql`${sql.param(value, this.#column(key).column)}`;
  }

  #onUpdate(set: ReadonlySet<string>): Assignment[] {
    const computed = [...this.#columns.values()].filter(({ key, column }) => column.onUpdateFn && !set.has(key));
    return computed.map((column) => ({
      column,
      value: this.#expression(column.key, column.column.onUpdateFn?.()),
      incidental: true,
    }));
  }

  #column(key: string): BulkColumn {
    const column = this.#columns.get(key);
    if (column) return column;
    throw new HutchError('row_unknown_column', {
      field: `set.${key}`,
      details: `set.${key}: the table has no such column that can be set`,
      hint: didYouMean(key, this.#columns.keys()),
    });
  }

  /** Whether the assignments would change the row there is. */
  differs(assignments: readonly Assignment[]): SQL {
    const tests = assignments
      .filter(({ incidental }) => !incidental)
      .map(({ column, value }) => differs(column, value));
    return sql`(${sql.join(tests, sql` or `)})`;
  }
}

const isNames = (set: SetSetting): set is readonly string[] => Array.isArray(set);

/** These types have no equality: their text tells. */
const WITHOUT_EQUALITY = /^(json|xml|point|polygon)\b/;

function differs({ column }: BulkColumn, value: SQL): SQL {
  const incomparable = WITHOUT_EQUALITY.test(column.getSQLType());
  return incomparable
    ? sql`${column}::text is distinct from (${value})::text`
    : sql`${column} is distinct from ${value}`;
}

export function assignmentsOf(assignments: readonly Assignment[]): SQL {
  return sql.join(
    assignments.map(({ column, value }) => sql`${sql.identifier(column.name)} = ${value}`),
    sql`, `,
  );
}
