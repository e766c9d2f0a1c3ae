import { sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { identifier } from '../../db/quoting.ts';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';
import { shapeOf } from '../table/shape.ts';
import { copierOf } from './copier.ts';
import { copyLine } from './copy-line.ts';
import { type Piece, Pieces } from './pieces.ts';
import { regclassOf } from './target.ts';

/**
 * The way for rows that are only inserted, and of which nothing comes back: COPY into the table itself, without the temporary one between.
 * Undefined where that can't be: the driver has no COPY, a policy holds for whoever inserts (COPY refuses then), or it is no plain table.
 */
export async function directInto(tx: Database, table: PgTable): Promise<Pieces | undefined> {
  const copy = copierOf(tx);
  if (!copy || !(await takesCopies(tx, table))) return undefined;
  const { sql: name } = shapeOf(table);
  return new Pieces(
    ({ columns }, { cells }) => `${copyLine(columns, cells)}\n`,
    async ({ shape, text }: Piece) => {
      const columns = shape.columns.map((it) => identifier(it.name)).join(', ');
      if (columns !== '') return copy(`copy ${name} (${columns}) from stdin`, [Buffer.from(text)]);
      // COPY can't say "no columns"; each of these lines is empty.
      await tx.execute(sql`insert into ${table} select from generate_series(1, ${text.length}::int)`);
    },
  );
}

async function takesCopies(tx: Database, table: PgTable): Promise<boolean> {
  const [row] = await rowsOf<{ direct: boolean }>(
    tx,
    sql`select relkind in ('r', 'p') and not relhasrules and not row_security_active(oid) as direct
      from pg_class where oid = ${regclassOf(table)}`,
  );
  return row?.direct ?? false;
}
