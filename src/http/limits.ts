import type { MiddlewareHandler } from 'hono';
import { HutchError } from '../errors/index.ts';

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
export function limits({ body, url }: Limits): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.url.length - c.req.url.indexOf('/', 8) > url) {
      throw new HutchError('url_too_long', { details: `The limit is ${url} characters` });
    }
    const declared = c.req.header('content-length');
    if (declared !== undefined && Number(declared) > body && !streamed.test(c.req.header('content-type') ?? '')) {
      throw tooLarge(body);
    }
    await next();
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
