import type { Transaction } from '../../db/driver.ts';
import { qualified } from '../../db/quoting.ts';
import type { SchemaState, ViewEntity } from './entities.ts';

class Printed extends Error {
  constructor(readonly def: string) {
    super();
  }
}

/**
 * The state with its views as another server prints them, for a comparison with that server's own: versions of Postgres write the same query
 * differently (before 16 each column has its table's name). A view that the other server can't have keeps its text: it differs for a reason.
 */
export async function reprinted(state: SchemaState, other: Transaction, theirs: SchemaState): Promise<SchemaState> {
  const same = new Map(theirs.views.map((view) => [qualified(view.schema, view.name), view.def]));
  const views: ViewEntity[] = [];
  for (const view of state.views) {
    const def = same.get(qualified(view.schema, view.name));
    views.push(def === undefined || def === view.def ? view : { ...view, def: await printedBy(other, view.def) });
  }
  return { ...state, views };
}

async function printedBy(other: Transaction, def: string): Promise<string> {
  const work = async (tx: Transaction): Promise<never> => {
    await tx.script(`SET LOCAL search_path TO ''; CREATE TEMPORARY VIEW hutch_reprinted AS ${def}`);
    const { rows } = await tx.query({ text: `SELECT pg_get_viewdef('pg_temp.hutch_reprinted'::regclass)` });
    throw new Printed(rows[0]?.[0] ?? def); // and nothing of it stays
  };
  return other.savepoint(work).catch((error: unknown) => (error instanceof Printed ? error.def : def));
}
