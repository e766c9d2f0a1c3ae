import type { Leave } from './editing.ts';

/** What a row tells the grid; one object for all rows, so that rows can be compared by their properties. */
export interface GridEvents {
  activate(row: number, column: number): void;
  edit(row: number, column: number): void;
  commit(row: number, column: number, value: unknown, leave: Leave): void;
  cancel(): void;
  follow(row: number, column: string): void;
  /** `onwards`: also those between it and the row that was ticked before. */
  tick(row: number, onwards: boolean): void;
  open(row: number): void;
}
