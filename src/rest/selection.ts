import type { Catalog } from '../catalog/index.ts';
import type { Statement } from '../db/index.ts';
import { bind } from './compile/bind.ts';
import { rowsOf } from './compile/statement.ts';
import { type ParseSettings, parseRequest, type RequestInput } from './parse/request.ts';
import { plan } from './plan/plan.ts';
import type { RestSettings } from './settings.ts';

/** What is read: a path below the mount, a query, and the headers that say of what schema and which deleted rows. */
export type SelectionInput = Pick<RequestInput, 'path' | 'query' | 'headers'>;

/**
 * A statement of the rows that a read would show, all of them and in no order: for whoever counts or measures what the dialect's
 * conditions let through. @throws DialectError
 */
export function selection(
  input: SelectionInput,
  rules: ParseSettings,
  catalog: Catalog,
  settings: RestSettings,
): Statement {
  const request = parseRequest({ ...input, method: 'GET', body: null }, rules);
  const planned = plan(request, catalog, settings);
  if (planned.kind !== 'read') throw new TypeError(`${input.path} is not read`);
  return bind(rowsOf(planned), request);
}
