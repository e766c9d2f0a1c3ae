import { type Catalog, findHandler, type MediaHandler } from '../../catalog/index.ts';
import { mediaTypeUnavailable } from '../errors/request-errors.ts';
import { mimeOf, parseMediaType } from '../parse/media-type.ts';
import type { ApiRequest, MediaType } from '../parse/types.ts';
import type { Handler, Qualified } from './types.ts';

export interface Negotiated {
  readonly media: MediaType;
  readonly handler: Handler;
}

export interface NegotiateOptions {
  readonly planEnabled: boolean;
  /** The whole row is shown, so handlers of its own type may serve it. */
  readonly wholeRow: boolean;
  /** Nothing is shown: HEAD, or a mutation without a representation. */
  readonly silent: boolean;
  /** Rows are read and nothing else happens, so they can be streamed. */
  readonly rows: boolean;
}

/** The first media type the client accepts that can be served, with what serves it. */
export function negotiate(
  catalog: Catalog,
  request: ApiRequest,
  target: Qualified,
  options: NegotiateOptions,
): Negotiated {
  for (const media of request.accept) {
    const found = serve(catalog, media, target, options);
    if (found !== null) return options.silent ? { ...found, handler: { kind: 'none' } } : found;
  }
  throw mediaTypeUnavailable(request.accept.map(mimeOf));
}

function serve(catalog: Catalog, media: MediaType, target: Qualified, options: NegotiateOptions): Negotiated | null {
  switch (media.kind) {
    // those with parameters are the dialect's own and can't be overridden
    case 'object':
      return { media, handler: { kind: 'object', stripped: media.stripped } };
    case 'array-stripped':
      return { media, handler: { kind: 'json-stripped' } };
    case 'plan': {
      // there is no plan of a plan
      const inner = options.planEnabled && media.of.kind !== 'plan' ? serve(catalog, media.of, target, options) : null;
      return inner === null ? null : { media, handler: inner.handler };
    }
    default:
      return custom(catalog, media, target, options) ?? builtin(media, options);
  }
}

/** Handlers from the database, if any: for anything the relation's own, then one of this type, then one of any row type. */
function custom(
  catalog: Catalog,
  media: MediaType,
  target: Qualified,
  { wholeRow }: NegotiateOptions,
): Negotiated | null {
  const { any, of } = catalog.handlers;
  if (any.size === 0 && of.size === 0) return null;
  const own = wholeRow ? of.get(target.schema)?.get(target.name) : undefined;
  const mime = mimeOf(media);
  const handler: MediaHandler | undefined =
    own?.get('*/*') ?? (wholeRow ? findHandler(catalog, target, mime) : any.get(mime));
  if (handler === undefined) return null;
  return {
    media: parseMediaType(handler.mediaType),
    handler: { kind: 'custom', function: handler.function, target: handler.target },
  };
}

function builtin(media: MediaType, { rows }: NegotiateOptions): Negotiated | null {
  switch (media.kind) {
    case 'any':
    case 'json':
      return { media: { kind: 'json' }, handler: { kind: 'json' } };
    case 'csv':
      return { media, handler: { kind: 'csv' } };
    case 'geojson':
      return { media, handler: { kind: 'geojson' } };
    case 'ndjson':
      return rows ? { media, handler: { kind: 'json' } } : null;
    default:
      return null;
  }
}
