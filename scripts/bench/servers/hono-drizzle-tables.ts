import { PGlite } from '@electric-sql/pglite';
import { defineRelations } from 'drizzle-orm';
import { bigserial, integer, numeric, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { drizzle as overPglite } from 'drizzle-orm/pglite';
import { drizzle as overPostgres } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { DATASET } from '../dataset.ts';

const owners = pgTable('owners', { id: integer().primaryKey(), name: text().notNull(), email: text().notNull() });
export const items = pgTable('items', {
  id: integer().primaryKey(),
  owner_id: integer().notNull(),
  title: text().notNull(),
  status: text().notNull(),
  price: numeric().notNull(),
  created_at: timestamp({ withTimezone: true }).notNull(),
});
const notes = pgTable('notes', {
  id: integer().primaryKey(),
  item_id: integer().notNull(),
  body: text().notNull(),
});
export const entries = pgTable('entries', {
  id: bigserial({ mode: 'number' }).primaryKey(),
  title: text().notNull(),
  amount: integer().notNull(),
});
const relations = defineRelations({ owners, items, notes }, (r) => ({
  items: { owner: r.one.owners({ from: r.items.owner_id, to: r.owners.id }), notes: r.many.notes() },
  notes: { item: r.one.items({ from: r.notes.item_id, to: r.items.id }) },
}));

const server = (url: string) =>
  overPostgres({ client: postgres(url, { max: Number(process.env.POOL ?? 10) }), relations });

export type Database = ReturnType<typeof server>;
export type Tx = Parameters<Parameters<Database['transaction']>[0]>[0];

/** The database of `DATABASE_URL`, else PGlite in this process with the tables. */
export async function openDatabase(): Promise<Database> {
  const url = process.env.DATABASE_URL;
  if (url !== undefined) return server(url);
  const client = new PGlite();
  await client.exec(DATASET);
  // Another class, whose results of raw statements have another shape; nothing here reads those.
  return overPglite({ client, relations }) as unknown as Database;
}
