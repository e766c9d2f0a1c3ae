import { expect, test } from 'bun:test';
import { connect } from 'node:net';
import { listen } from '../serving/listen.ts';

/** What comes back for bytes as they are. */
function answer(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      resolve(bytes.toString());
      socket.destroy();
    });
  });
}

const requests: readonly (readonly [what: string, text: string])[] = [
  ['HTTP/1.1', 'GET /live?a=%20 HTTP/1.1\r\nHost: a.example\r\n\r\n'],
  ['HTTP/1.0 without a host', 'GET /live?a=%20 HTTP/1.0\r\n\r\n'],
  ['a host that is none', 'GET /live?a=%20 HTTP/1.1\r\nHost: a b\r\n\r\n'],
];

for (const [what, text] of requests) {
  test(`a request has a whole URL: ${what}`, async () => {
    const fetch = (request: Request) => {
      const { pathname, search } = new URL(request.url);
      return new Response(`${pathname}${search}`);
    };
    const server = listen({ hostname: '127.0.0.1', port: 0, nextFree: false, fetch });
    try {
      expect(await answer(server.port ?? 0, text)).toEndWith('\r\n\r\n/live?a=%20');
    } finally {
      await server.stop(true);
    }
  });
}
