import { expect, test } from 'bun:test';
import { readCatalog } from '../index.ts';
import { onEveryEngine, runOn } from './databases.ts';
import { largeSchema } from './large-schema.ts';

/** Three times what it takes on an idle machine of two cores, first time and all. */
const limit = 900;

await onEveryEngine('500 tables', (database) => {
  test('are read in one round trip, quickly', async () => {
    await database.driver().script(largeSchema({ tables: 500, views: 50, functions: 50 }));
    let trips = 0;
    const started = performance.now();
    const catalog = await readCatalog(
      (text, params) => {
        trips++;
        return runOn(database.driver())(text, params);
      },
      { schemas: ['public'], version: database.driver().version },
    );
    const took = performance.now() - started;
    const schema = catalog.schemas.get('public');
    expect(schema?.tables.size).toBe(550);
    expect(schema?.routines.size).toBe(50);
    expect(schema?.relationships.get('t7')?.get('public')).toHaveLength(4);
    expect(trips).toBe(1);
    expect(took).toBeLessThan(limit);
  }, 30_000);
});
