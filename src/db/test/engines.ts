import type { Driver } from '../driver.ts';
import { openPglite } from '../pglite/open.ts';

/** An engine that tests can run on. */
export interface TestEngine {
  readonly name: 'pglite' | 'postgres';
  /** Why it can't run here; tests on it are reported as skipped with this. */
  readonly unavailable?: string;
  /** A driver on an empty database of its own; `close` disposes of both. */
  open(): Promise<Driver>;
}

const pglite: TestEngine = { name: 'pglite', open: () => openPglite() };

/** Every engine that is available here. */
export async function engines(): Promise<readonly TestEngine[]> {
  return [pglite];
}

/** A driver on an empty database; `await using` or `close` disposes of it. */
export async function freshDatabase(engine: TestEngine): Promise<Driver & AsyncDisposable> {
  const driver = await engine.open();
  return Object.assign(driver, { [Symbol.asyncDispose]: () => driver.close() });
}
