import type { Catalog, Table } from '../../catalog/index.ts';
import { mediaTypeUnavailable } from '../errors/request-errors.ts';
import { mimeOf } from '../parse/media-type.ts';
import type { ApiRequest } from '../parse/types.ts';
import { routineFor } from './call.ts';
import { knownTable } from './known-table.ts';
import type { InfoPlan, InspectPlan } from './types.ts';

/** The root: the schema's description. */
export function planInspect(request: ApiRequest, headersOnly: boolean): InspectPlan {
  const served = request.accept.some(({ kind }) => kind === 'openapi' || kind === 'json' || kind === 'any');
  if (!served) throw mediaTypeUnavailable(request.accept.map(mimeOf));
  return { kind: 'inspect', schema: request.schema, headersOnly };
}

/** OPTIONS: the methods that the thing's nature allows; privileges are another matter. */
export function planInfo(request: ApiRequest, catalog: Catalog): InfoPlan {
  const { action, schema } = request;
  if (action.kind !== 'info' || action.of === 'schema') return { kind: 'info', allow: ['OPTIONS', 'GET', 'HEAD'] };
  const name = { schema, name: action.name };
  if (action.of === 'relation') return { kind: 'info', allow: relationMethods(knownTable(catalog, name)) };
  const { volatility } = routineFor(request, catalog, name);
  const read = volatility === 'volatile' ? [] : ['GET', 'HEAD'];
  return { kind: 'info', allow: ['OPTIONS', ...read, 'POST'] };
}

function relationMethods({ insertable, updatable, deletable, primaryKey }: Table): readonly string[] {
  const put = insertable && updatable && primaryKey.length > 0;
  return [
    ...['OPTIONS', 'GET', 'HEAD'],
    ...(insertable ? ['POST'] : []),
    ...(put ? ['PUT'] : []),
    ...(updatable ? ['PATCH'] : []),
    ...(deletable ? ['DELETE'] : []),
  ];
}
