import { DatabaseError, type Driver, type Executor, type Result } from '../../db/index.ts';
import { HutchError } from '../../errors/index.ts';
import { PROTOCOL_VERSION, type StudioRequest } from './protocol.ts';
import { relationsOf } from './relations.ts';
import { columnDefaults } from './schema.ts';
import { decodeRows, encodeParam } from './values.ts';

export interface StudioDatabase {
  readonly driver: Driver;
  /** The exports of the project's Drizzle schema. */
  readonly schema: () => Promise<Readonly<Record<string, unknown>>>;
  /** Tells the page one database from another, for what it remembers. */
  readonly identity: string;
  readonly databaseName?: string;
}

type Request<T extends StudioRequest['type']> = Extract<StudioRequest, { type: T }>;

/** SQLSTATE syntax_error: also what several commands in one prepared statement are. */
const SYNTAX_ERROR = '42601';

/** The body of the answer to a valid request. Rejects with what the database reports. */
export async function answerStudio(database: StudioDatabase, request: StudioRequest): Promise<unknown> {
  switch (request.type) {
    case 'init':
      return init(database);
    case 'proxy':
      return proxy(database.driver, request.data);
    case 'tproxy':
      return transaction(database.driver, request.data);
    case 'bproxy':
      return benchmark(database.driver, request.data);
    case 'defaults':
      return defaults(database, request.data);
  }
}

async function init({ databaseName, driver, identity, schema }: StudioDatabase): Promise<unknown> {
  const exports = await schema();
  return {
    version: PROTOCOL_VERSION,
    dialect: 'postgresql',
    driver: driver.engine === 'pglite' ? 'pglite' : undefined,
    packageName: driver.engine === 'pglite' ? 'pglite' : 'pg',
    schemaFiles: [],
    customDefaults: columnDefaults(exports).map(({ column, schema: name, table }) => ({ schema: name, table, column })),
    relations: relationsOf(exports),
    dbHash: new Bun.CryptoHasher('sha256').update(identity).digest('hex'),
    databaseName,
  };
}

async function proxy(driver: Driver, { mode, params = [], sql }: Request<'proxy'>['data']): Promise<unknown> {
  return decodeRows(await run(driver, sql, params), mode);
}

async function run(executor: Executor, sql: string, params: readonly unknown[]): Promise<Result> {
  try {
    return await executor.query({ text: sql, params: params.map(encodeParam), prepare: false });
  } catch (error) {
    if (params.length > 0 || !isSeveralCommands(error)) throw error;
    return (await executor.script(sql)).at(-1) ?? { fields: [], rows: [], command: '', count: 0 };
  }
}

const isSeveralCommands = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === SYNTAX_ERROR && error.message.includes('multiple commands');

/** Results up to the first failure, and then that; nothing is kept of a transaction that failed. */
async function transaction(driver: Driver, queries: Request<'tproxy'>['data']): Promise<unknown> {
  const results: unknown[] = [];
  try {
    await driver.transaction(async (tx) => {
      for (const { sql } of queries) results.push(decodeRows(await run(tx, sql, []), 'object'));
    });
  } catch (error) {
    results.push(describeError(error));
  }
  return results;
}

async function benchmark(driver: Driver, { query, repeats = 1 }: Request<'bproxy'>['data']): Promise<unknown> {
  const params = (query.params ?? []).map(encodeParam);
  const queries: unknown[] = [];
  for (let index = 0; index < repeats; index++) queries.push(await measure(driver, query.sql, params));
  return { tcpHandshake: 0, tlsHandshake: null, dbHandshake: 0, queries };
}

async function measure(driver: Driver, sql: string, params: readonly (string | null)[]): Promise<unknown> {
  const explained = await driver.query({ text: `EXPLAIN ANALYZE ${sql}`, params, prepare: false });
  const plan = explained.rows.map(([line]) => line).join('\n');
  const time = (name: string) => Number(new RegExp(`${name} Time:\\s*([\\d.]+) ms`).exec(plan)?.[1] ?? 0);
  const start = performance.now();
  const result = await driver.query({ text: sql, params, prepare: false });
  const ran = performance.now();
  decodeRows(result, 'object');
  const parsed = performance.now() - ran;
  const [planning, execution, total] = [time('Planning'), time('Execution'), performance.now() - start];
  const rest = Math.max(0, total - planning - execution - parsed);
  return {
    networkLatencyBefore: rest / 2,
    planning,
    execution,
    networkLatencyAfter: rest / 2,
    dataDownload: 0,
    dataParse: parsed,
    total,
    errorMargin: Math.abs(total - (planning + execution + parsed + rest)),
    dataSize: result.rows.reduce((sum, row) => sum + row.reduce((size, cell) => size + (cell?.length ?? 0), 0), 0),
  };
}

async function defaults({ schema }: StudioDatabase, columns: Request<'defaults'>['data']): Promise<unknown> {
  const known = columnDefaults(await schema());
  return columns.map((wanted) => {
    const found = known.find(
      ({ column, schema: name, table }) => name === wanted.schema && table === wanted.table && column === wanted.column,
    );
    if (found === undefined) {
      const name = `${wanted.schema}.${wanted.table}.${wanted.column}`;
      throw new HutchError('not_found', { message: `Custom default not found for ${name}` });
    }
    return { ...wanted, value: found.make() };
  });
}

/** An error as the page shows it. */
export function describeError(error: unknown): Record<string, unknown> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DatabaseError)
    return { error: message, name: 'error', message, code: error.code, ...error.fields };
  return { error: message, name: error instanceof Error ? error.name : 'Error', message };
}
