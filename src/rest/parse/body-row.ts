/** One row of a body: a JSON object's text, and the line of the body where it begins, counted from 1. */
export interface BodyRow {
  readonly line: number;
  readonly text: string;
}
