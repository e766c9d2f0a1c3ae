import { expect, test } from 'bun:test';
import { type Run, readCatalog } from '../index.ts';
import { onEveryEngine, runOn, type TestDatabase } from './databases.ts';
import { largeSchema } from './large-schema.ts';

/** Milliseconds, for the best of three: several times what an idle machine takes, and far below anything quadratic. */
const limit = 900;

await onEveryEngine('500 tables', (database) => {
  test('are read in one round trip, quickly', async () => {
    await database.driver().script(largeSchema({ tables: 500, views: 50, functions: 50 }));
    const readings = [await timed(database), await timed(database), await timed(database)];
    const [first] = readings;
    const schema = first?.catalog.schemas.get('public');
    expect(schema?.tables.size).toBe(550);
    expect(schema?.routines.size).toBe(50);
    expect(schema?.relationships.get('t7')?.get('public')).toHaveLength(4);
    expect(first?.trips).toBe(1);
    expect(Math.min(...readings.map(({ took }) => took))).toBeLessThan(limit);
  }, 60_000);
});

async function timed(database: TestDatabase) {
  let trips = 0;
  const run = runOn(database.driver());
  const started = performance.now();
  const counted: Run = (text, params) => {
    trips++;
    return run(text, params);
  };
  const catalog = await readCatalog(counted, { schemas: ['public'], version: database.driver().version });
  return { catalog, trips, took: performance.now() - started };
}
