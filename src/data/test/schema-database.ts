import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api-postgres';
import type { Driver } from '../../db/driver.ts';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import { freshDatabase, type TestEngine } from '../../db/test/engines.ts';
import { objectsOf } from '../objects.ts';

/** A database of its own with a schema's tables and their objects; `ddl` in place of what drizzle-kit would generate. */
export async function databaseWith(engine: TestEngine, schema: Record<string, unknown>, ddl?: string) {
  const driver = await freshDatabase(engine);
  await driver.script(ddl ?? (await generated(schema)));
  const objects = objectsOf(schema);
  await driver.script(objects.map((it) => it.up).join(';\n'));
  return { driver, db: drizzleOver(driver), objects, [Symbol.asyncDispose]: () => driver.close() };
}

/** What drizzle-kit generates for a new database. */
export async function generated(schema: Record<string, unknown>): Promise<string> {
  const statements = await generateMigration(await generateDrizzleJson({}), await generateDrizzleJson(schema));
  return statements.join(';\n');
}

/** Raw SQL as any client would send it; one row's cells, or several rows' joined by commas. */
export async function lines(driver: Driver, text: string): Promise<string[]> {
  const result = await driver.query({ text, prepare: false });
  return result.rows.map((row) => row.map((cell) => cell ?? 'null').join(','));
}

/** The SQLSTATE a statement fails with; undefined where it succeeds. */
export async function failure(driver: Driver, text: string): Promise<string | undefined> {
  try {
    await driver.script(text);
    return undefined;
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
  }
}
