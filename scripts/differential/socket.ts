import { connect } from 'node:net';
import type { Answer } from './known.ts';
import type { CaseRequest } from './request.ts';

/** A response that is no HTTP hangs the client: PostgREST sends whatever status SQL asked for. */
const PATIENCE = 8_000;
const END = '\r\n';

/** One request over a connection of its own, as it is: nothing is added, joined or refused on the way. */
export function exchange(port: number, mount: string, request: CaseRequest): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const socket = connect(port, '127.0.0.1');
  const timer = setTimeout(() => socket.destroy(new Error('No answer in time')), PATIENCE);
  const received: Buffer[] = [];
  socket.on('data', (piece: Buffer) => received.push(piece));
  socket.on('error', reject);
  socket.on('close', () => {
    clearTimeout(timer);
    resolve(read(Buffer.concat(received), request.method));
  });
  socket.write(written(mount, request));
  return promise;
}

function written(mount: string, { method, path, headers, body }: CaseRequest): Buffer {
  const lines = [
    `${method} ${mount}${path} HTTP/1.1`,
    ...['Host: localhost:3000', 'Connection: close'],
    ...Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}`)),
    ...(body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.from(lines.join(END) + END + END + (body ?? ''));
}

/** Depends on the time, the connection or the server alone, or is an extension. */
const UNCOMPARED = new Set([
  ...['date', 'server', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'etag', 'link'],
]);

function read(bytes: Buffer, method: string): Answer {
  const end = bytes.indexOf(END + END);
  const [first = '', ...lines] = bytes.subarray(0, Math.max(end, 0)).toString('utf8').split(END);
  const headers = named(lines);
  const body = bytes.subarray(end + 2 * END.length);
  const chunked = method !== 'HEAD' && headers.get('transfer-encoding') === 'chunked';
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(first)?.[1] ?? 0),
    headers: [...headers].flatMap(([name, value]) => (UNCOMPARED.has(name) ? [] : [`${name}: ${value}`])).sort(),
    body: (chunked ? unchunked(body) : body).toString('utf8'),
  };
}

/** Several of a name are one list, as HTTP has it. */
function named(lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

function unchunked(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let rest = bytes; ; ) {
    const start = rest.indexOf(END) + END.length;
    const length = Number.parseInt(rest.subarray(0, start).toString(), 16);
    if (!(length > 0)) return Buffer.concat(pieces);
    pieces.push(rest.subarray(start, start + length));
    rest = rest.subarray(start + length + END.length);
  }
}
