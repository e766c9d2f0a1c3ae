/** One statement of a way from one state to another. */
export interface Step {
  readonly sql: string;
  /** Other statements for the same end, tried in order where Postgres refuses the first. */
  readonly instead?: readonly string[];
  /** What data goes with it; undefined where none does. */
  readonly loses?: string;
}

export const step = (sql: string, loses?: string): Step => (loses === undefined ? { sql } : { sql, loses });
