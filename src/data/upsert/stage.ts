import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';
import { type Copier, copierOf } from './copier.ts';
import { namesOf, sourceNamesOf } from './names.ts';
import type { BulkColumn, Shape } from './shape.ts';
import { type Cells, jsonSource } from './source.ts';

/** Characters of COPY text kept before they are sent: what a call of any size needs at a time, twice over. */
const PIECE = 2 * 1024 * 1024;
/** Rows of a piece where there is no COPY and JSON takes its place. */
const JSON_ROWS = 5_000;

interface Piece {
  readonly shape: Shape;
  text: string;
  size: number;
  cells: Cells[];
}

let made = 0;

/**
 * A temporary table of the target's own column types, filled in pieces by COPY while further rows are encoded. Rows reach
 * it in the order of the input within their shape; a temporary table is scanned in the order it was written.
 */
export class Stage {
  readonly #copy: Copier | undefined;
  readonly #pieces = new Map<Shape, Piece>();
  #sending: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly tx: Database,
    private readonly table: PgTable,
    private readonly name: string,
  ) {
    this.#copy = copierOf(tx);
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

  /** Whether a piece is full, so that `send` is due. */
  add(shape: Shape, { ord, cells }: Cells): boolean {
    let piece = this.#pieces.get(shape);
    if (!piece) {
      piece = { shape, text: '', size: 0, cells: [] };
      this.#pieces.set(shape, piece);
    }
    if (!this.#copy) return piece.cells.push({ ord, cells }) >= JSON_ROWS;
    let line = shape.index === 0 ? `${ord}` : `${ord}\t${shape.index}`;
    for (const cell of cells) line += copyCell(cell);
    piece.text += `${line}\n`;
    piece.size += line.length;
    return piece.size >= PIECE;
  }

  /** Sends what has gathered, once the pieces before it are through; resolves when it is on its way. */
  async send(): Promise<void> {
    await this.#sending;
    const pieces = [...this.#pieces.values()];
    this.#pieces.clear();
    this.#sending = this.#sendAll(pieces);
    // It is awaited by the next call; until then it must not count as unhandled.
    this.#sending.catch(() => undefined);
  }

  async #sendAll(pieces: readonly Piece[]): Promise<void> {
    for (const piece of pieces) await (this.#copy ? this.#copyPiece(this.#copy, piece) : this.#insertPiece(piece));
  }

  async #copyPiece(copy: Copier, piece: Piece): Promise<void> {
    const columns = piece.shape.columns.map(({ name }) => `, "${name.replaceAll('"', '""')}"`).join('');
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

  async finish(): Promise<void> {
    await this.send();
    await this.#sending;
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

export function duplicate(key: readonly BulkColumn[], first: number, last: number): HutchError {
  const fields = key.map((column) => column.key).join(', ');
  return new HutchError('row_duplicate', {
    field: fields,
    details: `rows[${first}] and rows[${last}] have the same ${fields}`,
    hint: "Give each key once, or say duplicates: 'last' to let the last row of a key win.",
  });
}

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function copyCell(cell: string | null): string {
  if (cell === null) return '\t\\N';
  if (!SPECIAL.test(cell)) return `\t${cell}`;
  return `\t${cell.replace(/[\\\n\r\t]/g, (special) => ESCAPES[special] ?? special)}`;
}
