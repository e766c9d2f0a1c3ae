import { afterAll, beforeAll, describe } from 'bun:test';
import type { Driver, Executor, Transaction } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import { type Catalog, type Run, readCatalog, type Schema } from '../index.ts';

/** A database under test, in which every test makes schemas of its own. */
export interface TestDatabase {
  readonly driver: () => Driver;
  /** Creates a schema of that name, runs the SQL with it as search path, and reads the catalog with it exposed. */
  catalog(schema: string, sql: string, more?: { schemas?: string[]; extraSearchPath?: string[] }): Promise<Catalog>;
  /** The same, down to that schema. */
  schema(schema: string, sql: string): Promise<Schema>;
}

/** The suite once for each engine that is available. */
export async function onEveryEngine(name: string, suite: (database: TestDatabase) => void): Promise<void> {
  for (const engine of await engines()) {
    describe.skipIf(engine.unavailable !== undefined)(`${name} on ${engine.name}`, () => {
      let opened: Driver | undefined;
      beforeAll(async () => {
        opened = await engine.open();
      }, 60_000);
      afterAll(async () => opened?.close());
      suite(databaseOver(() => opened ?? fail(engine.name)));
    });
  }
}

function databaseOver(driver: () => Driver): TestDatabase {
  const catalog: TestDatabase['catalog'] = async (schema, sql, more = {}) => {
    await driver().script(
      `create schema "${schema}"; set search_path = "${schema}", public; ${sql}; reset search_path`,
    );
    return readCatalog(runOn(driver()), {
      schemas: [schema, ...(more.schemas ?? [])],
      extraSearchPath: more.extraSearchPath ?? [],
      version: driver().version,
    });
  };
  return {
    driver,
    catalog,
    schema: async (name, sql) => (await catalog(name, sql)).schemas.get(name) ?? fail(name),
  };
}

export function runOn(driver: Executor): Run {
  return async (text, params) => (await driver.query({ text, params, prepare: false })).rows;
}

function fail(what: string): never {
  throw new Error(`${what} is not there`);
}

/** SQL that makes a role unless the server has it: roles outlive a test's database. */
export const role = (name: string): string =>
  `do $do$ begin create role "${name.replaceAll('"', '""')}"; exception when duplicate_object then null; end $do$;`;

const UNDONE = new Error('undone');

/** The catalog of a database with this and nothing else in it. */
export async function catalogWith(database: TestDatabase, sql: string, schemas = ['public']): Promise<Catalog> {
  const driver = database.driver();
  let catalog: Catalog | undefined;
  const work = async (tx: Transaction) => {
    await tx.script(`CREATE SCHEMA IF NOT EXISTS hutch; CREATE TABLE t (id int PRIMARY KEY, name text); ${sql}`);
    catalog = await readCatalog(runOn(tx), { schemas, version: driver.version });
    throw UNDONE;
  };
  await driver.transaction(work).catch((error: unknown) => {
    if (error !== UNDONE) throw error;
  });
  if (catalog === undefined) throw new Error('the catalog was not read');
  return catalog;
}
