import { describe } from 'bun:test';
import type { Driver } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';

/** The same tests on every engine that can run here, each test in a database of its own, made by `setup` (SQL). */
export function onEngines(
  title: string,
  setup: string,
  tests: (database: TestDatabase) => void,
  settings: { readonly commits?: boolean } = {},
): void {
  for (const engine of engines()) {
    const why = engine.unavailable === undefined ? '' : ` (skipped: ${engine.unavailable})`;
    describe.skipIf(engine.unavailable !== undefined)(`${title} on ${engine.name}${why}`, () => {
      const make = (driver: Driver) => driver.script(setup);
      tests(testDatabase({ open: engine.open, project: false, setup: make, commits: settings.commits }));
    });
  }
}
