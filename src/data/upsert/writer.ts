import type { SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { sqlstateOf } from '../sqlstate.ts';
import { type BulkColumn, bulkColumns } from './column.ts';
import { directInto } from './direct.ts';
import { explained } from './failure.ts';
import { batchesOf, type Input } from './input.ts';
import { Outcome } from './outcome.ts';
import type { Pieces } from './pieces.ts';
import { inOrder, type ReturnedRow, type ShapeResult } from './results.ts';
import { cellsOf, type Shape, Shapes } from './shape.ts';
import { type Cells, jsonSource } from './source.ts';
import { duplicate, Stage } from './stage.ts';

/** Up to so many rows travel in one statement as JSON; above, COPY into a temporary table is faster. */
export const SMALL = 1_000;

/** ON CONFLICT DO UPDATE met a row for the second time. */
const CARDINALITY_VIOLATION = '21000';

/** What is done with the rows of a shape; the writer brings them to the server and collects the results. */
export interface Write {
  /** Columns (database names) that identify a row, where the write has a key. */
  readonly key: readonly string[];
  readonly duplicates: 'error' | 'last';
  /** Fields that a row does not give are not computed either: it is an update. */
  readonly withoutDefaults?: boolean;
  /** Checks a shape before any of its rows is sent. */
  readonly check?: (shape: Shape, at: number) => void;
  /** Whether Postgres itself refuses two rows of this shape with one key (21000), so that nobody needs to look before. */
  readonly refusesDuplicates?: (shape: Shape) => boolean;
  /** Every row is inserted, or the call fails, and nothing comes back: no statement of its own is needed then. */
  readonly insertsOnly?: boolean;
  run(db: Database, shape: Shape, from: SQL): Promise<ShapeResult>;
}

/** @throws HutchError for each mistake in rows, target or set; nothing is written then. */
export async function write(
  db: Database,
  table: PgTable,
  input: Input<object>,
  job: Write,
): Promise<Outcome<ReturnedRow>> {
  const writer = new Writer(db, table, job);
  try {
    const outcome = await writer.run(input);
    // A cache can't see tables in statements that Drizzle did not build. (Without one there is nothing to tell.)
    await db.$cache?.invalidate({ tables: table });
    return outcome;
  } catch (error) {
    throw explained(error, table, writer.sent);
  }
}

class Writer {
  /** What travelled in one statement: a mistake in it is looked for there. */
  readonly sent = new Map<Shape, Cells[]>();
  readonly #shapes: Shapes;
  readonly #key: readonly BulkColumn[];
  /** The shape of each row, once there is more than one. */
  readonly #order: Shape[] = [];
  #count = 0;

  constructor(
    private readonly db: Database,
    private readonly table: PgTable,
    private readonly job: Write,
  ) {
    this.#shapes = new Shapes(table, new Set(job.key), !job.withoutDefaults);
    this.#key = [...bulkColumns(table).values()].filter(({ name }) => job.key.includes(name));
  }

  async run(input: Input<object>): Promise<Outcome<ReturnedRow>> {
    const batches = batchesOf(input);
    const first = await batches.next();
    if (first.done) throw new HutchError('rows_empty', { field: 'rows' });
    const second = await batches.next();
    if (second.done && first.value.length <= SMALL) return this.#few(first.value);
    return this.db.transaction((tx) => this.#many(tx, first.value, second.done ? [] : second.value, batches));
  }

  #cells(row: object): { readonly shape: Shape; readonly cells: Cells } {
    const ord = this.#count++;
    if (typeof row !== 'object' || row === null) throw notARow(ord);
    const known = this.#shapes.list.length;
    const shape = this.#shapes.of(row, ord);
    if (this.#shapes.list.length > known) this.job.check?.(shape, ord);
    this.#order.push(shape);
    return { shape, cells: { ord, cells: cellsOf(shape, row, ord) } };
  }

  async #few(rows: readonly object[]): Promise<Outcome<ReturnedRow>> {
    const byShape = this.sent;
    for (const row of rows) {
      const { shape, cells } = this.#cells(row);
      const list = byShape.get(shape);
      if (list) list.push(cells);
      else byShape.set(shape, [cells]);
    }
    const superseded = this.#duplicates(byShape);
    const runAll = async (db: Database) => {
      const results = new Map<Shape, ShapeResult>();
      for (const [shape, cells] of byShape) {
        const rest = superseded.size > 0 ? cells.filter(({ ord }) => !superseded.has(ord)) : cells;
        if (rest.length > 0) results.set(shape, await this.job.run(db, shape, jsonSource(this.table, shape, rest)));
      }
      return results;
    };
    const results = await (byShape.size > 1 ? this.db.transaction(runAll) : runAll(this.db));
    return inOrder(this.#order, results, superseded);
  }

  /** Compared as text; what is the same only to the database (citext, 1.0 and 1.00) it reports itself. */
  #duplicates(byShape: ReadonlyMap<Shape, readonly Cells[]>): ReadonlySet<number> {
    const superseded = new Set<number>();
    if (this.#key.length === 0) return superseded;
    const seen = new Map<string, number>();
    const keyed = [...byShape].filter(([shape]) => shape.keyed);
    const rows = keyed.flatMap(([shape, list]) =>
      list.map((cells) => ({ ord: cells.ord, key: this.#keyText(shape, cells) })),
    );
    for (const { ord, key } of rows.sort((a, b) => a.ord - b.ord)) {
      const before = seen.get(key);
      if (before !== undefined) {
        if (this.job.duplicates === 'error') throw duplicate(this.#key, before, ord);
        superseded.add(before);
      }
      seen.set(key, ord);
    }
    return superseded;
  }

  #keyText(shape: Shape, { cells }: Cells): string {
    return JSON.stringify(this.#key.map(({ key }) => cells[shape.columns.findIndex((column) => column.key === key)]));
  }

  async #many(
    tx: Database,
    first: readonly object[],
    second: readonly object[],
    rest: AsyncIterable<readonly object[]>,
  ): Promise<Outcome<ReturnedRow>> {
    const takeAll = async (intake: Pieces) => {
      await this.#take(intake, first);
      await this.#take(intake, second);
      for await (const batch of rest) await this.#take(intake, batch);
      await intake.finish();
    };
    const direct = this.job.insertsOnly ? await directInto(tx, this.table) : undefined;
    if (direct) {
      await takeAll(direct);
      return new Outcome('i'.repeat(this.#count), []);
    }
    const stage = await Stage.create(tx, this.table, [...bulkColumns(this.table).values()]);
    await takeAll(stage.intake);
    const [only, ...others] = this.#shapes.list;
    if (only && others.length === 0 && this.#refused(only)) return this.#oneShape(tx, stage, only);
    const superseded = await this.#stagedDuplicates(stage);
    const results = new Map<Shape, ShapeResult>();
    for (const shape of this.#shapes.list) {
      results.set(shape, await this.job.run(tx, shape, stage.source(others.length > 0 ? shape : undefined)));
    }
    await stage.drop();
    return inOrder(this.#order, results, superseded);
  }

  #refused(shape: Shape): boolean {
    return this.job.duplicates === 'error' && (this.job.refusesDuplicates?.(shape) ?? false);
  }

  /** Which rows have the same key is asked only after Postgres has refused them. */
  async #oneShape(tx: Database, stage: Stage, shape: Shape): Promise<Outcome<ReturnedRow>> {
    try {
      const { letters, rows } = await tx.transaction((savepoint) => this.job.run(savepoint, shape, stage.source()));
      await stage.drop();
      return new Outcome(letters, rows ?? []);
    } catch (error) {
      if (sqlstateOf(error) === CARDINALITY_VIOLATION) await stage.refuseDuplicates(this.#key);
      throw error;
    }
  }

  async #take(intake: Pieces, rows: readonly object[]): Promise<void> {
    for (const row of rows) {
      const { shape, cells } = this.#cells(row);
      if (intake.add(shape, cells)) await intake.send();
    }
  }

  async #stagedDuplicates(stage: Stage): Promise<ReadonlySet<number>> {
    if (this.#key.length === 0) return new Set();
    if (this.job.duplicates === 'last') return new Set(await stage.dropSuperseded(this.#key));
    await stage.refuseDuplicates(this.#key);
    return new Set();
  }
}

function notARow(at: number): HutchError {
  return new HutchError('row_invalid_value', { field: 'rows', details: `rows[${at}] is not an object` });
}
