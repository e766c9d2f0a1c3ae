import { brotliDecompressSync, gzipSync } from 'node:zlib';

/** Scalar's browser build, compressed when it was fetched; see `scripts/update-scalar.ts`. */
const archive = new URL('./asset/scalar.js.br', import.meta.url);

interface Encoded {
  readonly encoding: 'br' | 'gzip' | null;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Read once, when somebody first opens the page; other encodings are made when somebody first asks for them. */
let compressed: Promise<Uint8Array<ArrayBuffer>> | undefined;
let gzipped: Uint8Array<ArrayBuffer> | undefined;

/**
 * The docs page's script, with validation (`ETag`, 304) so that browsers keep it. Nearly all browsers take it as it lies on
 * disk.
 */
export async function docsScript(request: Request): Promise<Response> {
  compressed ??= Bun.file(archive).bytes();
  const archived = await compressed;
  const { encoding, body } = encoded(archived, request.headers.get('Accept-Encoding') ?? '');
  const etag = `"${Bun.hash(archived).toString(36)}-${encoding ?? 'plain'}"`;
  const headers = new Headers({
    'Content-Type': 'text/javascript; charset=utf-8',
    'Cache-Control': 'public, max-age=3600, must-revalidate',
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Accept-Encoding',
    ETag: etag,
  });
  if (encoding) headers.set('Content-Encoding', encoding);
  const known = (request.headers.get('If-None-Match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag)) return new Response(null, { status: 304, headers });
  return new Response(request.method === 'HEAD' ? null : body, { headers });
}

function encoded(archived: Uint8Array<ArrayBuffer>, accepted: string): Encoded {
  if (accepts(accepted, 'br')) return { encoding: 'br', body: archived };
  if (!accepts(accepted, 'gzip')) return { encoding: null, body: plain(archived) };
  gzipped ??= new Uint8Array(gzipSync(plain(archived)));
  return { encoding: 'gzip', body: gzipped };
}

const plain = (archived: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(brotliDecompressSync(archived));

/** `br;q=0` refuses it. */
function accepts(header: string, encoding: string): boolean {
  const choice = header.split(',').find((part) => part.trim().split(';')[0]?.trim() === encoding);
  return choice !== undefined && !/;\s*q=0(\.0*)?\s*$/.test(choice);
}
