import { expect } from 'bun:test';
import type { Driver, drizzleOver } from 'hutch';

/** What the examples find. */
export interface Scope {
  readonly db: ReturnType<typeof drizzleOver>;
  readonly driver: Driver;
}

/** Rows are an array with fields of the driver's own; only the rows were promised. */
export function promised(actual: unknown, value: unknown): void {
  expect(Array.isArray(actual) ? [...actual] : actual).toEqual(value);
}
