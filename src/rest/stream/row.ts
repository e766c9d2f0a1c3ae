import { invalidLine } from '../errors/extension-errors.ts';
import type { BodyRow } from '../parse/body-row.ts';

/** Rows as they come, a list for each piece of the body, and the names of their columns. */
export interface RowSource {
  /** Known once the first row is; empty where there is none. */
  readonly columns: readonly string[];
  read(): AsyncGenerator<readonly BodyRow[]>;
}

/** Refuses a row of which more than `most` characters would be held in memory before it ends. */
export function refuseLength(length: number, most: number, line: number): void {
  if (length > most) throw invalidLine(line, `It is longer than ${most} characters.`);
}
