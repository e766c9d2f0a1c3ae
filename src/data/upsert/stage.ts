import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { identifier } from '../../db/quoting.ts';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';
import type { BulkColumn } from './column.ts';
import { type Copier, copierOf } from './copier.ts';
import { copyLine } from './copy-line.ts';
import { namesOf, sourceNamesOf } from './names.ts';
import { type Piece, Pieces } from './pieces.ts';
import type { Shape } from './shape.ts';
import { type Cells, jsonSource } from './source.ts';

let made = 0;

/**
 * A temporary table of the target's own column types, filled in pieces by COPY while further rows are encoded. Rows reach
 * it in the order of the input within their shape; a temporary table is scanned in the order it was written.
 */
export class Stage {
  /** Fills it. */
  readonly intake: Pieces;

  private constructor(
    private readonly tx: Database,
    private readonly table: PgTable,
    private readonly name: string,
  ) {
    const copy = copierOf(tx);
    this.intake = copy
      ? new Pieces(line, (piece) => this.#copyPiece(copy, piece))
      : new Pieces(undefined, (piece) => this.#insertPiece(piece));
  }

  /** @param columns all that rows may give */
  static async create(tx: Database, table: PgTable, columns: readonly BulkColumn[]): Promise<Stage> {
    const name = `hutch_stage_${++made}`;
    await tx.execute(
      sql`create temporary table ${sql.identifier(name)} on commit drop as
        select 0::int as hutch_ord, null::int as hutch_shape, ${namesOf(columns)} from ${table} with no data`,
    );
    return new Stage(tx, table, name);
  }

  /** The rows of a shape as `s`, with `hutch_ord`. */
  source(shape?: Shape): SQL {
    const stage = sql.identifier(this.name);
    return shape
      ? sql`(select * from ${stage} where coalesce(hutch_shape, 0) = ${shape.index}::int) as s`
      : sql`${stage} as s`;
  }

  async #copyPiece(copy: Copier, piece: Piece): Promise<void> {
    const columns = piece.shape.columns.map(({ name }) => `, ${identifier(name)}`).join('');
    // Most inputs have one shape: the first, which goes without saying.
    const shape = piece.shape.index === 0 ? '' : ', hutch_shape';
    const statement = `copy "${this.name}" (hutch_ord${shape}${columns}) from stdin`;
    await copy(statement, [Buffer.from(piece.text)]);
  }

  async #insertPiece({ shape, cells }: Piece): Promise<void> {
    const from = jsonSource(this.table, shape, cells);
    const separator = shape.columns.length > 0 ? sql`, ` : sql``;
    await this.tx.execute(
      sql`insert into ${sql.identifier(this.name)} (hutch_ord, hutch_shape${separator}${namesOf(shape.columns)})
        select hutch_ord, ${shape.index}::int${separator}${sourceNamesOf(shape.columns)} from ${from}`,
    );
  }

  /** @throws HutchError `row_duplicate` with the places of the first two rows that have the same key. */
  async refuseDuplicates(key: readonly BulkColumn[]): Promise<void> {
    const [twice] = await rowsOf<{ first: number; last: number }>(
      this.tx,
      sql`select min(hutch_ord) as first, max(hutch_ord) as last from ${this.source()}
        where ${this.#keyed(key)} group by ${namesOf(key)} having count(*) > 1 limit 1`,
    );
    if (twice) throw duplicate(key, twice.first, twice.last);
  }

  /** Takes out all rows but the last of each key; gives their places. */
  async dropSuperseded(key: readonly BulkColumn[]): Promise<readonly number[]> {
    const dropped = await rowsOf<{ ord: number }>(
      this.tx,
      sql`delete from ${sql.identifier(this.name)} where hutch_ord in (
          select hutch_ord from (select hutch_ord, row_number() over (partition by ${namesOf(key)} order by hutch_ord desc) as n
            from ${this.source()} where ${this.#keyed(key)}) d where n > 1)
        returning hutch_ord as ord`,
    );
    return dropped.map(({ ord }) => ord);
  }

  #keyed(key: readonly BulkColumn[]): SQL {
    return sql.join(
      key.map(({ name }) => sql`${sql.identifier(name)} is not null`),
      sql` and `,
    );
  }

  async drop(): Promise<void> {
    await this.tx.execute(sql`drop table ${sql.identifier(this.name)}`);
  }
}

function line({ index, columns }: Shape, { ord, cells }: Cells): string {
  const start = index === 0 ? `${ord}` : `${ord}\t${index}`;
  return columns.length === 0 ? `${start}\n` : `${start}\t${copyLine(columns, cells)}\n`;
}

export function duplicate(key: readonly BulkColumn[], first: number, last: number): HutchError {
  const fields = key.map((column) => column.key).join(', ');
  return new HutchError('row_duplicate', {
    field: fields,
    details: `rows[${first}] and rows[${last}] have the same ${fields}`,
    hint: "Give each key once, or say duplicates: 'last' to let the last row of a key win.",
  });
}
