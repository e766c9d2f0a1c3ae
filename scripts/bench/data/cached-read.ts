/** A read by key that the cache has, against the same from the database. */
import { eq } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { cached } from '../../../src/data/cache/index.ts';
import type { Database } from '../../../src/data/database.ts';
import { drizzleOver } from '../../../src/db/drizzle/drizzle.ts';
import type { Driver } from '../../../src/db/index.ts';
import { byTurns, figure, Meter } from '../meter.ts';
import type { TableRow } from '../results.ts';

const READS = 500;

const books = pgTable('books', { id: integer().primaryKey(), title: text(), body: text() });
const DDL = `create table books (id int primary key, title text, body text);
  insert into books select i, 'book ' || i, repeat('text ', 50) from generate_series(1, 1000) i`;

export async function cachedRead(driver: Driver, rounds: number): Promise<readonly TableRow[]> {
  const db = drizzleOver(driver);
  const meter = new Meter(driver);
  await driver.script(DDL);
  const reads = (from: Database) => () => meter.spent(() => from.select().from(books).where(eq(books.id, 77)), READS);
  const [kept, read] = await byTurns(rounds, [reads(cached(db).db), reads(db)]);
  return [figure({ what: 'read by key, cached', against: 'from the database', asked: '', ratio: 'speed' }, kept, read)];
}
