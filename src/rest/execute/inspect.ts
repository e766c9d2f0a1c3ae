import type { Driver } from '../../db/index.ts';
import { fromDatabase } from '../errors/database-errors.ts';
import { type Access, accessQuery, readAccess, type Visible, visible } from '../openapi/index.ts';
import { type ActorContext, actorOf } from './actor.ts';
import { preRequest } from './pre-request.ts';

/**
 * What of the request's schema the caller may see described: all of it where `openapi-mode` ignores privileges, else what
 * the role may use, asked in its own transaction.
 *
 * @throws DialectError
 */
export async function inspect(driver: Driver, context: ActorContext, label?: string): Promise<Visible> {
  const { catalog, request, settings } = context;
  if (settings.openapiMode === 'ignore-privileges') return visible(catalog, request.schema);
  return visible(catalog, request.schema, await accessOf(driver, context, label));
}

async function accessOf(driver: Driver, context: ActorContext, label: string | undefined): Promise<Access> {
  const statements = [...preRequest(context.settings), { text: accessQuery, params: [context.request.schema] }];
  try {
    const results = await driver.batch(statements, { actor: actorOf(context, null), readOnly: true, label });
    return readAccess(results.at(-1)?.rows[0]?.[0]);
  } catch (error) {
    throw fromDatabase(error, context.caller.authenticated);
  }
}
