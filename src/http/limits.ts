import { HutchError } from '../errors/index.ts';
import { pathAt } from './address.ts';
import type { Layer } from './layer.ts';
import { refusal } from './refusal.ts';

export interface Limits {
  /** Bytes. */
  readonly body: number;
  /** Characters of the URL after the host. */
  readonly url: number;
}

/** Bodies of these types are streamed into the database and never held whole; where they are not, `boundedBody` counts them. */
const streamed = /^\s*(application\/(x-ndjson|ndjson|jsonl)|text\/csv)\b/i;

/**
 * Refuses what is too large before anything reads it. A body with a length is judged by it; one without is counted while
 * it is read, and cut off (413) when it passes the limit.
 */
export function limits({ body, url }: Limits): Layer {
  return (inner) => (request, id) => {
    if (request.url.length - pathAt(request.url) > url) {
      return refusal(new HutchError('url_too_long', { details: `The limit is ${url} characters` }));
    }
    const declared = request.headers.get('content-length');
    if (declared !== null && Number(declared) > body && !streamed.test(request.headers.get('content-type') ?? '')) {
      return refusal(tooLarge(body));
    }
    return inner(request, id);
  };
}

/** Bytes of the longest body that can be one value: Postgres hangs up on a message of more than 1 GB. */
const ONE_VALUE = 1_000_000_000;

/** The body as bytes, at most `most` of them. */
export async function boundedBody(request: Request, most: number): Promise<Uint8Array> {
  const limit = Math.min(most, ONE_VALUE);
  // the server reads no more than the length that was declared, and gives it at once: a stream costs twice as much as the rest of a read
  if (Number(request.headers.get('content-length') ?? Number.NaN) <= limit) return request.bytes();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** The body as bytes where it has at most `most` of them; else the whole of it as a stream. */
export async function wholeOrStream(request: Request, most: number): Promise<Uint8Array | ReadableStream<Uint8Array>> {
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  for (let length = 0; reader !== undefined && length <= most; ) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    chunks.push(value);
    length += value.byteLength;
  }
  return reader === undefined ? new Uint8Array() : followed(chunks, reader);
}

type BodyReader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>;

/** What was read already, and then what is still to come. */
function followed(chunks: Uint8Array[], reader: BodyReader): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const first = chunks.shift();
      const { done, value } = first === undefined ? await reader.read() : { done: false, value: first };
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

const tooLarge = (limit: number) => new HutchError('body_too_large', { details: `The limit is ${limit} bytes` });
