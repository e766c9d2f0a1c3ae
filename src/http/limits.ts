import { HutchError } from '../errors/index.ts';
import { refusal } from './errors.ts';
import type { Layer } from './layer.ts';

export interface Limits {
  /** Bytes. */
  readonly body: number;
  /** Characters of the URL after the host. */
  readonly url: number;
}

/** Bodies of these types are streamed into the database row by row and never held whole; `execute` bounds each row. */
const streamed = /^(application\/x-ndjson)\b/;

/**
 * Refuses what is too large before anything reads it. A body with a length is judged by it; one without is counted while
 * it is read, and cut off (413) when it passes the limit.
 */
export function limits({ body, url }: Limits): Layer {
  return (inner) => (request, id) => {
    if (request.url.length - request.url.indexOf('/', 8) > url) {
      return refusal(new HutchError('url_too_long', { details: `The limit is ${url} characters` }));
    }
    const declared = request.headers.get('content-length');
    if (declared !== null && Number(declared) > body && !streamed.test(request.headers.get('content-type') ?? '')) {
      return refusal(tooLarge(body));
    }
    return inner(request, id);
  };
}

/** The body as bytes, at most `limit` of them. */
export async function boundedBody(request: Request, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

const tooLarge = (limit: number) => new HutchError('body_too_large', { details: `The limit is ${limit} bytes` });
