import type { SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';
import { Outcome } from './outcome.ts';
import type { Shape } from './shape.ts';

/** Fields of a result row: their names, and what they are read from. */
export type Returning = Readonly<Record<string, PgColumn>>;
export type ReturnedRow = Record<string, unknown>;

export interface ShapeResult {
  /** A letter for each row of the shape, in its order (see Outcome). */
  readonly letters: string;
  /** With `returning`: the rows, in the same order, without those the letters call superseded or missing. */
  readonly rows?: readonly ReturnedRow[];
}

/** One statement that gives `letters`. */
export async function lettersFrom(db: Database, statement: SQL): Promise<string> {
  const [row] = await rowsOf<{ letters: string }>(db, statement);
  return row?.letters ?? '';
}

/** Brings the results of the shapes back into the order of the input: `order` has each row's shape. */
export function inOrder(
  order: readonly Shape[],
  results: ReadonlyMap<Shape, ShapeResult>,
  superseded: ReadonlySet<number>,
): Outcome<ReturnedRow> {
  const [only] = results.values();
  if (results.size === 1 && superseded.size === 0 && only) return new Outcome(only.letters, only.rows ?? []);
  const readers = new Map([...results].map(([shape, result]) => [shape, new Reader(result)]));
  const rows: ReturnedRow[] = [];
  const letters = order.map((shape, ord) => (superseded.has(ord) ? 's' : (readers.get(shape)?.next(rows) ?? 'n')));
  return new Outcome(letters.join(''), rows);
}

class Reader {
  #letter = 0;
  #row = 0;

  constructor(private readonly result: ShapeResult) {}

  next(rows: ReturnedRow[]): string {
    const letter = this.result.letters[this.#letter++] ?? 'n';
    const row = letter === 'm' ? undefined : this.result.rows?.[this.#row++];
    if (row) rows.push(row);
    return letter;
  }
}
