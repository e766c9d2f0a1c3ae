import { expect, test } from 'bun:test';
import { type Run, readCatalog } from '../index.ts';
import { onEveryEngine, runOn, type TestDatabase } from './databases.ts';
import { largeSchema } from './large-schema.ts';

await onEveryEngine('500 tables', (database) => {
  test('are read in one round trip', async () => {
    await database.driver().script(largeSchema({ tables: 500, views: 50, functions: 50 }));
    const { catalog, trips } = await counted(database);
    const schema = catalog.schemas.get('public');
    expect(schema?.tables.size).toBe(550);
    expect(schema?.routines.size).toBe(50);
    expect(schema?.relationships.get('t7')?.get('public')).toHaveLength(4);
    expect(trips).toBe(1);
  }, 60_000);
});

async function counted(database: TestDatabase) {
  let trips = 0;
  const run = runOn(database.driver());
  const counting: Run = (text, params) => {
    trips++;
    return run(text, params);
  };
  const catalog = await readCatalog(counting, { schemas: ['public'], version: database.driver().version });
  return { catalog, trips };
}
