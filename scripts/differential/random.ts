import type { Catalog, Routine, Table } from '../../src/catalog/index.ts';
import { Chance } from './chance.ts';
import { Query } from './random-query.ts';
import type { CaseRequest } from './request.ts';

const SCHEMAS = ['v1', 'v1', 'v1', 'v1', 'v1', 'v1', 'v1', 'v1', 'v2', 'Sp ecial'] as const;

/** Reads, writes and calls that somebody might send, made from what there is; the same for the same seed. */
export function* random(catalog: Catalog, seed: number, count: number): Generator<CaseRequest> {
  const chance = new Chance(seed);
  for (let made = 0; made < count; ) {
    chance.careful = chance.happens(0.6);
    const schema = chance.pick(SCHEMAS);
    const { tables, routines } = catalog.schemas.get(schema) ?? {};
    const table = chance.any([...(tables?.values() ?? [])]);
    const routine = chance.any([...(routines?.values() ?? [])].flat());
    const query = new Query(chance, catalog, schema);
    const aside = chance.slips(0.15) ? query.aside(`/${encodeURIComponent(table?.name ?? '')}`) : undefined;
    const next = aside ?? chosen(chance, query, table, routine);
    if (next === undefined) continue;
    made++;
    yield next;
  }
}

function chosen(
  chance: Chance,
  query: Query,
  table: Table | undefined,
  routine: Routine | undefined,
): CaseRequest | undefined {
  return chance.happens(0.3) ? routine && query.call(routine) : table && query.about(table);
}
