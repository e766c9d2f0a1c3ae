import type { Driver, Executor } from '../../db/driver.ts';
import { DRIZZLE_LEDGER, type LedgerName } from '../project/project.ts';
import type { SchemaState } from './entities.ts';
import { type Leave, stateQueries } from './queries.ts';

/** Schemas that hold no schema of the user's. */
const HUTCH_SCHEMAS = ['drizzle', 'hutch'];

export function leaveOf(ledger: LedgerName = DRIZZLE_LEDGER): Leave {
  const ours = [ledger.table, '__hutch_progress', '__hutch_objects', '__hutch_live', '__hutch_seeds'].map(
    (table) => `${ledger.schema}.${table}`,
  );
  const schemas = ledger.schema === 'public' ? HUTCH_SCHEMAS : [...HUTCH_SCHEMAS, ledger.schema];
  return { schemas: [...new Set(schemas)], tables: ours };
}

/** The whole state in one query, with an empty `search_path`, so that every name in it is qualified. */
export async function readState(driver: Pick<Driver, 'transaction'>, leave: Leave = leaveOf()): Promise<SchemaState> {
  return driver.transaction((tx) => readStateWithin(tx, leave));
}

/** The same inside a transaction that is already open, whose `search_path` it restores. */
export async function readStateWithin(executor: Executor, leave: Leave = leaveOf()): Promise<SchemaState> {
  const parts = Object.entries(stateQueries(leave)).map(
    ([kind, query]) => `'${kind}', (select coalesce(json_agg(x), '[]') from (${query}) x)`,
  );
  const results = await executor.script(
    `select set_config('hutch.search_path', current_setting('search_path'), true), set_config('search_path', '', true);
select json_build_object(${parts.join(',\n')})::text;
select set_config('search_path', current_setting('hutch.search_path'), true)`,
  );
  // The query above builds exactly this shape; JSON.parse can't know it.
  const state: SchemaState = JSON.parse(results[1]?.rows[0]?.[0] ?? '{}');
  return state;
}
