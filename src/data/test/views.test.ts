import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { count, sql } from 'drizzle-orm';
import { integer, pgMaterializedView, snakeCase, text } from 'drizzle-orm/pg-core';
import { engines } from '../../db/test/engines.ts';
import { keyed } from '../views/declare.ts';
import { refresh, refreshEvery } from '../views/refresh.ts';
import { databaseWith } from './schema-database.ts';

const sales = snakeCase.table('sales', { id: integer().primaryKey(), region: text() });
const perRegion = keyed(
  snakeCase.materializedView('per_region').as((qb) =>
    qb
      .select({ region: sales.region, total: count().as('total') })
      .from(sales)
      .groupBy(sales.region),
  ),
  (view) => [view.region],
);
const loose = snakeCase.materializedView('loose').as((qb) => qb.select({ id: sales.id }).from(sales));
const absent = pgMaterializedView('per_regoin', { id: integer() }).as(sql`select 1 as id`);

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`views on ${engine.name} ${engine.unavailable ?? ''}`, () => {
    let it: Awaited<ReturnType<typeof databaseWith>>;
    beforeAll(async () => {
      it = await databaseWith(engine, { sales, perRegion, loose });
    });
    afterAll(() => it.driver.close());

    const totals = async () => (await it.db.select().from(perRegion)).map((row) => `${row.region} ${row.total}`).sort();

    test('a keyed view is refreshed concurrently, any other exclusively', async () => {
      await it.db.insert(sales).values([
        { id: 1, region: 'north' },
        { id: 2, region: 'south' },
        { id: 3, region: 'south' },
      ]);
      expect(await totals()).toEqual([]);
      expect(await refresh(it.db, perRegion)).toBe('concurrently');
      expect(await totals()).toEqual(['north 1', 'south 2']);
      expect(await refresh(it.db, loose)).toBe('exclusively');
    });

    test('inside a transaction the refresh is undone with it', async () => {
      await it.db
        .transaction(async (tx) => {
          await tx.insert(sales).values({ id: 4, region: 'west' });
          await refresh(tx, perRegion);
          throw new Error('undo');
        })
        .catch(() => undefined);
      expect(await totals()).toEqual(['north 1', 'south 2']);
    });

    test('a view that is not there is told by the nearest name', async () => {
      await expect(refresh(it.db, absent)).rejects.toMatchObject({
        code: 'view_unknown',
        hint: 'Did you mean public.per_region?',
      });
    });

    test('a schedule refreshes until it is stopped, and goes on after a failure', async () => {
      await it.db.insert(sales).values({ id: 5, region: 'east' });
      const refreshed = Promise.withResolvers<void>();
      const schedule = refreshEvery(it.db, perRegion, { every: 5, onRefresh: () => refreshed.resolve() });
      await refreshed.promise;
      await schedule.stop();
      expect(await totals()).toContain('east 1');
      const errors: unknown[] = [];
      const twice = Promise.withResolvers<void>();
      await using _failing = refreshEvery(it.db, absent, {
        every: 2,
        onError: (error) => errors.push(error) > 1 && twice.resolve(),
      });
      await twice.promise;
      expect(errors[0]).toMatchObject({ code: 'view_unknown' });
    });

    test('a schedule needs a time', () => {
      expect(() => refreshEvery(it.db, perRegion, { every: 0 })).toThrow(
        expect.objectContaining({ code: 'age_invalid' }),
      );
    });
  });
}
