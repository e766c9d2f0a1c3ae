import type { AnyRequest } from './arbitrary.ts';

/** Milliseconds that this process may compute for a request. */
const MOST_COMPUTED = 2_000;
/** Milliseconds by the clock, on a machine that may do much else. */
const MOST = 30_000;

/** A body that comes in pieces. */
function inPieces(body: string | Uint8Array<ArrayBuffer>, size: number): ReadableStream<Uint8Array> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      // long bodies in pieces of a byte would say nothing more
      const end = at + Math.max(size, Math.ceil(bytes.length / 50));
      controller.enqueue(bytes.subarray(at, end));
      at = end;
    },
  });
}

/** The request as `fetch` makes it; undefined where no client could send it. */
export function requestOf({ method, address, headers, body, pieces }: AnyRequest): Request | undefined {
  try {
    const sent = body === null || pieces === 0 ? body : inPieces(body, pieces);
    return new Request(`http://localhost/rest/v1${address}`, { method, headers, body: sent });
  } catch {
    return undefined;
  }
}

/** What is wrong with the answer to a request; empty where nothing is. */
export async function faultOf(app: (request: Request) => Promise<Response>, sent: AnyRequest): Promise<string> {
  const request = requestOf(sent);
  if (request === undefined) return '';
  const started = performance.now();
  const before = process.cpuUsage();
  const response = await app(request);
  const text = await textOf(response);
  const took = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  const computed = (user + system) / 1_000;
  if (took > MOST || computed > MOST_COMPUTED) return `it took ${Math.round(took)} ms, ${Math.round(computed)} of work`;
  if (response.status >= 500) return `${response.status} ${text}`;
  const type = response.headers.get('content-type') ?? '';
  // outside of the mount, the rest of the server answers
  if (response.headers.get('server-timing') === null) return '';
  // a function may answer with any status and body
  if (new URL(request.url).pathname.endsWith('/rpc/teapot')) return '';
  if (response.status >= 400 && request.method !== 'HEAD') return shapeFault(response.status, text);
  return /^[^;]*json/.test(type) && text !== '' ? jsonFault(type, text) : '';
}

async function textOf(response: Response): Promise<string> {
  if (response.headers.get('content-encoding') !== 'gzip') return response.text();
  return new TextDecoder().decode(Bun.gunzipSync(new Uint8Array(await response.arrayBuffer())));
}

function shapeFault(status: number, text: string): string {
  try {
    const keys = Object.keys(JSON.parse(text)).sort().join();
    return keys === 'code,details,hint,message' ? '' : `${status} with the keys ${keys}`;
  } catch {
    return `${status} ${text}`;
  }
}

function jsonFault(type: string, text: string): string {
  try {
    for (const line of type.includes('ndjson') ? text.trimEnd().split('\n') : [text]) if (line !== '') JSON.parse(line);
    return '';
  } catch {
    return `not JSON: ${text.slice(0, 200)}`;
  }
}
