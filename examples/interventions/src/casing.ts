import { getColumns, is, sql } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import type { drizzleOver } from 'hutch';

/** A column that is not what its name in code says, or that only one of the two sides has. */
export interface CasingProblem {
  readonly table: string;
  /** In code. */
  readonly property: string | null;
  /** In the database. */
  readonly column: string | null;
}

/** `firstName` is `first_name`. */
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Compares the schema with the live database, both ways: every property has its column, and every column its property. */
export async function checkCasing(
  db: Pick<ReturnType<typeof drizzleOver>, 'execute'>,
  schema: Readonly<Record<string, unknown>>,
): Promise<readonly CasingProblem[]> {
  const live = await db.execute<{ table: string; column: string }>(
    sql`select table_name as "table", column_name as "column" from information_schema.columns where table_schema = 'public'`,
  );
  const tables = Object.values(schema).filter((it): it is PgTable => is(it, PgTable));
  return tables.flatMap((table) => {
    const { name } = getTableConfig(table);
    const columns = new Set(live.filter((it) => it.table === name).map((it) => it.column));
    const properties = Object.entries(getColumns(table));
    const wrong = properties.filter(
      ([property, { name: column }]) => column !== snake(property) || !columns.has(column),
    );
    const known = new Set(properties.map(([, column]) => column.name));
    return [
      ...wrong.map(([property, column]) => ({
        table: name,
        property,
        column: columns.has(column.name) ? column.name : null,
      })),
      ...[...columns].filter((it) => !known.has(it)).map((column) => ({ table: name, property: null, column })),
    ];
  });
}
