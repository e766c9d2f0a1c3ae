import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { BulkColumn } from './column.ts';
import type { Shape } from './shape.ts';

/** A row's cells in the order of its shape's columns, and its place in the input. */
export interface Cells {
  readonly ord: number;
  readonly cells: readonly (string | null)[];
}

/**
 * Rows as one JSON parameter, read with the types the live table has: any number of them in one statement of the same
 * text, without a parameter for each value. Gives the table's columns as `s`, and `hutch_ord`.
 */
export function jsonSource(table: PgTable, shape: Shape, rows: readonly Cells[]): SQL {
  const text = `[${rows.map((row) => jsonRow(shape.columns, row)).join(',')}]`;
  return sql`(select doc, (doc ->> 'hutch_ord')::int as hutch_ord from json_array_elements(${text}::text::json) doc) as o
    cross join lateral json_populate_record(null::${table}, o.doc) as s`;
}

/** A cell's text is read by its type's input function, as COPY would; JSON itself stands as it is. */
function jsonRow(columns: readonly BulkColumn[], { ord, cells }: Cells): string {
  const members = columns.map((column, index) => {
    const cell = cells[index] ?? null;
    const value = cell !== null && isJson(column) ? cell : JSON.stringify(cell);
    return `${JSON.stringify(column.name)}:${value}`;
  });
  return `{${[`"hutch_ord":${ord}`, ...members].join(',')}}`;
}

const isJson = ({ column }: BulkColumn): boolean => column.dimensions === 0 && /^jsonb?$/.test(column.getSQLType());
