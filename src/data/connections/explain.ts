import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';

export interface ExplainSettings {
  /** Run it, and show what it really took. What it writes is undone. */
  readonly analyze?: boolean;
}

/** The planner's plan for a query of Drizzle's, as psql shows it. */
export interface Plan {
  readonly text: string;
  /** The planner's estimates of the whole. */
  readonly cost: number;
  readonly rows: number;
  /** Milliseconds; with `analyze`. */
  readonly took?: number;
}

/** Thrown to undo what an analysed statement wrote. */
const UNDO = Symbol('undo');

/**
 * How Postgres would run a query, or, analysed, how it ran.
 *
 * ```ts
 * const plan = await explain(db, db.select().from(posts).where(eq(posts.id, 7)));
 * plan.text; // Index Scan using posts_pkey on posts …
 * ```
 */
export async function explain(db: Database, query: SQLWrapper, settings: ExplainSettings = {}): Promise<Plan> {
  if (!settings.analyze) return planOf(await linesOf(db, sql`explain ${bare(query)}`));
  let lines: readonly string[] = [];
  try {
    await db.transaction(async (tx) => {
      lines = await linesOf(tx, sql`explain (analyze, buffers) ${bare(query)}`);
      throw UNDO;
    });
  } catch (error) {
    if (error !== UNDO) throw error;
  }
  return planOf(lines);
}

/** A query as part of another would stand in parentheses. */
const bare = (query: SQLWrapper): SQL => query.getSQL();

async function linesOf(db: Database, statement: SQL): Promise<readonly string[]> {
  const rows = await rowsOf<{ 'QUERY PLAN': string }>(db, statement);
  return rows.map((row) => row['QUERY PLAN']);
}

function planOf(lines: readonly string[]): Plan {
  const text = lines.join('\n');
  const [, cost, rows] = /cost=[\d.]+\.\.([\d.]+) rows=(\d+)/.exec(text) ?? [];
  const took = /Execution Time: ([\d.]+) ms/.exec(text)?.[1];
  return { text, cost: Number(cost ?? 0), rows: Number(rows ?? 0), ...(took !== undefined && { took: Number(took) }) };
}
