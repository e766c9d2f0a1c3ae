import type { DatabaseObject } from '../../db/index.ts';
import type { TestEngine } from '../../db/test/engines.ts';
import { up } from '../../migrate/index.ts';
import { ProjectFolder } from '../../migrate/test/project-folder.ts';
import { type Shop, serveShop } from './serve-shop.ts';

const SCHEMA = `import { integer, pgTable, text } from 'drizzle-orm/pg-core';
export const notes = pgTable('notes', { id: integer().primaryKey(), title: text(), author: text() });
`;

/** A shop with a project: one migration is applied, one is not, and the database has what neither makes. */
export async function serveMigratedShop(engine?: TestEngine, objects: readonly DatabaseObject[] = []): Promise<Shop> {
  const folder = await ProjectFolder.create({ 'schema.ts': SCHEMA });
  const [first] = await folder.migrations(
    {
      first: 'CREATE TABLE notes (id integer PRIMARY KEY, title text);',
      second: 'ALTER TABLE notes ADD COLUMN author text;',
    },
    { second: 'ALTER TABLE notes DROP COLUMN author;' },
  );
  const project = await folder.project();
  const shop = await serveShop({
    engine,
    async project(driver) {
      await up(driver, await folder.read(), { to: first?.name });
      await driver.script('ALTER TABLE notes ADD COLUMN stray integer');
      return { project, objects: async () => objects };
    },
  });
  const dispose = shop[Symbol.asyncDispose].bind(shop);
  return Object.assign(shop, {
    async [Symbol.asyncDispose]() {
      await dispose();
      await folder[Symbol.asyncDispose]();
    },
  });
}
