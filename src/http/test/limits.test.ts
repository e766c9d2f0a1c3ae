import { describe, expect, test } from 'bun:test';
import { boundedBody, limits, wholeOrStream } from '../limits.ts';

const guarded = limits({ body: 10, url: 100 })(() => Promise.resolve(new Response('in')));
const status = async (headers: Record<string, string>, url = 'http://a/rest/v1/notes') =>
  (await guarded(new Request(url, { method: 'POST', headers }), 'id')).status;

describe('limits on requests', () => {
  const cases: readonly (readonly [what: string, headers: Record<string, string>, status: number])[] = [
    ['a short body', { 'content-length': '10' }, 200],
    ['a long body', { 'content-length': '11', 'content-type': 'application/json' }, 413],
    ['long NDJSON', { 'content-length': '11', 'content-type': 'application/x-ndjson' }, 200],
    ['the same by its other name', { 'content-length': '11', 'content-type': 'application/jsonl; charset=utf-8' }, 200],
    ['long CSV', { 'content-length': '11', 'content-type': 'Text/CSV' }, 200],
    ['what only begins like it', { 'content-length': '11', 'content-type': 'text/csvx' }, 413],
  ];
  for (const [what, headers, expected] of cases) {
    test(what, async () => expect(await status(headers)).toBe(expected));
  }

  test('a long URL', async () => expect(await status({}, `http://a/${'x'.repeat(200)}`)).toBe(414));
});

const sent = (...pieces: readonly string[]) =>
  new Request('http://a/', { method: 'POST', body: new Blob([...pieces]).stream() });

describe('bodies', () => {
  test('are read as long as they are short enough', async () => {
    expect(Buffer.from(await boundedBody(sent('abc', 'def'), 6)).toString()).toBe('abcdef');
    const error = await boundedBody(sent('abc', 'def'), 5).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 413 });
  });

  test('are streams, with nothing missing, where they are long', async () => {
    const few = await wholeOrStream(sent('abc'), 3);
    expect(few instanceof Uint8Array && Buffer.from(few).toString()).toBe('abc');
    const text = 'x'.repeat(300_000);
    const many = await wholeOrStream(sent(text), 3);
    expect(many instanceof ReadableStream && (await new Response(many).text())).toBe(text);
  });
});
