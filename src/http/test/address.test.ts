import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import type { Server } from 'bun';
import { eachEngine } from '../../rest/test/app.ts';
import { wholeApp } from './whole-app.ts';

/** What a server says to a request that is sent as it is; it closes the connection behind it. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  let answer = '';
  for await (const piece of socket) answer += piece;
  return answer;
}

eachEngine('a request without a host', (bench) => {
  let server: Server<undefined> | undefined;
  beforeAll(async () => {
    const { app } = await wholeApp(bench().driver);
    server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: app });
  });
  afterAll(() => server?.stop(true));

  const cases: readonly (readonly [path: string, answer: RegExp])[] = [
    ['/rest/v1/films?select=id&id=eq.1', /\[\{"id":1\}\]$/],
    ['/rest/v1/films?select=id&title=eq.http://x/y', /200 OK[\s\S]*\[\]$/],
    ['/rest/v1/', /"swagger":"2.0"/],
    ['/live', /^HTTP\/1.1 200 OK/],
  ];
  describe('is answered like any other', () => {
    test.each(cases)('%s', async (path, answer) => {
      expect(await exchange(server?.port ?? 0, `GET ${path} HTTP/1.0\r\n\r\n`)).toMatch(answer);
    });
  });
});
