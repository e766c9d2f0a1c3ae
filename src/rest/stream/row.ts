/** One row of a streamed body: a JSON object's text, and the line of the body where it begins, counted from 1. */
export interface BodyRow {
  readonly line: number;
  readonly text: string;
}

/** Rows as they come, a list for each piece of the body, and the names of their columns. */
export interface RowSource {
  /** Known once the first row is; empty where there is none. */
  readonly columns: readonly string[];
  read(): AsyncGenerator<readonly BodyRow[]>;
}

/** The longest row that is held in memory, in UTF-16 units or bytes. */
export const MAX_ROW = 4 * 1_048_576;
