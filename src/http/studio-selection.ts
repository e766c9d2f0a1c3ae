import type { Statement } from '../db/index.ts';
import { selection } from '../rest/index.ts';
import type { Selection } from '../studio/index.ts';
import { parseSettings } from './read-request.ts';
import type { RestDeps } from './rest-deps.ts';

/** What the studio asks the dialect for: rows by the conditions of an address, for statements of its own. @throws DialectError */
export function studioSelection({
  catalog,
  settings,
}: Pick<RestDeps, 'catalog' | 'settings'>): (wanted: Selection) => Statement {
  const rules = parseSettings(settings);
  return ({ table, column, query, deleted }) => {
    const headers = new Headers({ 'accept-profile': table.schema, prefer: deleted ? 'deleted=include' : '' });
    const conditions = new URLSearchParams(query);
    conditions.set('select', JSON.stringify(column));
    const path = `/${encodeURIComponent(table.name)}`;
    return selection({ path, query: conditions.toString(), headers }, rules, catalog(), settings);
  };
}
