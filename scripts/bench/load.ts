/**
 * A load generator over raw sockets: keep-alive HTTP/1.1, one request at a time on each connection, so that it costs little
 * beside what it measures. Run as a process of its own: `bun load.ts <url> <connections> <seconds> [method] [body]`; prints JSON.
 */
import { parseArgs } from 'node:util';

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Responses that were not 2xx. */
  readonly failed: number;
}

interface Connection {
  started: number;
  pending: Buffer;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: 'string', default: '32' },
    seconds: { type: 'string', default: '3' },
    method: { type: 'string', default: 'GET' },
    body: { type: 'string', default: '' },
    header: { type: 'string', multiple: true, default: [] },
  },
});

const target = new URL(positionals[0] ?? '');
const latencies: number[] = [];
let failed = 0;
let stopping = false;

const wire = Buffer.from(
  [
    `${values.method} ${target.pathname}${target.search} HTTP/1.1`,
    `Host: ${target.host}`,
    ...values.header,
    ...(values.body ? ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(values.body)}`] : []),
    '',
    values.body,
  ].join('\r\n'),
);

/** Length of the first whole response in the buffer, or 0. Bodies come with a length or chunked. */
function responseLength(buffer: Buffer): number {
  const head = buffer.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const headers = buffer.toString('latin1', 0, head).toLowerCase();
  const length = /\r\ncontent-length: (\d+)/.exec(headers)?.[1];
  if (length !== undefined) return buffer.length >= head + 4 + Number(length) ? head + 4 + Number(length) : 0;
  if (!headers.includes('transfer-encoding: chunked')) return head + 4;
  const end = buffer.indexOf('0\r\n\r\n', head + 4);
  return end < 0 ? 0 : end + 5;
}

async function connect(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await Bun.connect<Connection>({
    hostname: target.hostname,
    port: Number(target.port),
    socket: {
      open(socket) {
        socket.data = { started: performance.now(), pending: Buffer.alloc(0) };
        socket.write(wire);
      },
      data(socket, chunk) {
        const { data } = socket;
        data.pending = data.pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([data.pending, chunk]);
        const length = responseLength(data.pending);
        if (length === 0) return;
        if (data.pending[9] !== 50) failed += 1; // HTTP/1.1 2xx
        latencies.push(performance.now() - data.started);
        data.pending = data.pending.subarray(length);
        if (stopping) return void socket.end();
        data.started = performance.now();
        socket.write(wire);
      },
      close: () => resolve(),
      error: () => resolve(),
    },
  });
  await promise;
}

const seconds = Number(values.seconds);
setTimeout(() => {
  stopping = true;
}, seconds * 1_000);
await Promise.race([
  Promise.all(Array.from({ length: Number(values.connections) }, connect)),
  Bun.sleep((seconds + 5) * 1_000),
]);
latencies.sort((a, b) => a - b);
const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
const load: Load = {
  requests: latencies.length,
  perSecond: latencies.length / seconds,
  p50: at(0.5),
  p99: at(0.99),
  failed,
};
process.stdout.write(JSON.stringify(load));
process.exit(0);
