import { expect, test } from 'bun:test';
import { eachEngine } from './app.ts';

const broken = (before: string, after: string) =>
  Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);

/** Bytes that are no UTF-8 are refused wherever text is wanted; nothing is stored that was not sent. */
eachEngine('a body of bytes', (bench) => {
  const cases: readonly (readonly [path: string, type: string, body: Buffer, code: string])[] = [
    ['/notes', 'application/json', broken('{"body":"', '"}'), 'PGRST102'],
    ['/notes?columns=body', 'application/json', broken('{"body":"', '"}'), 'PGRST102'],
    ['/notes', 'text/csv', broken('body\n', '\n'), 'HUTCH108'],
    ['/notes', 'application/x-www-form-urlencoded', broken('body=', ''), 'PGRST102'],
    ['/rpc/greet', 'application/json', broken('{"name":"', '"}'), 'PGRST102'],
    ['/rpc/shout', 'text/plain', broken('a', 'b'), '22021'],
  ];
  test.each(cases)('%s %s', async (path, type, body, code) => {
    const headers = { 'content-type': type };
    const response = await bench().app().request(`/rest/v1${path}`, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code });
  });

  test('reaches a function of bytes and one of text as it was sent', async () => {
    const call = async (name: string, type: string, body: Buffer) => {
      const init = { method: 'POST', headers: { 'content-type': type }, body };
      return (await bench().app().request(`/rest/v1/rpc/${name}`, init)).json();
    };
    expect(await call('byte_count', 'application/octet-stream', broken('a', 'b'))).toBe(3);
    expect(await call('shout', 'text/plain', Buffer.from('zoë €'))).toBe('ZOË €');
  });
});
