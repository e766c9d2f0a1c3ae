import { describe, expect, test } from 'bun:test';
import { cors } from '../cors.ts';

type Headers = Readonly<Record<string, string>>;

const preflight = { 'access-control-request-method': 'PATCH' };
const open = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD',
  'access-control-max-age': '86400',
};
const usual = 'Accept, Accept-Language, Content-Language';

/** What `OPTIONS` from an origin is answered with; null where the route itself answers. */
const cases: readonly (readonly [title: string, allowed: readonly string[], asked: Headers, answer: Headers | null])[] =
  [
    ['any origin', [], preflight, open],
    [
      'headers that are asked for',
      [],
      { ...preflight, 'access-control-request-headers': 'x-a, Accept,authorization' },
      {
        ...open,
        'access-control-allow-headers': 'Authorization, x-a, Accept, authorization, Accept-Language, Content-Language',
      },
    ],
    [
      'an empty list of headers',
      [],
      { ...preflight, 'access-control-request-headers': '' },
      { ...open, 'access-control-allow-headers': `Authorization, ${usual}` },
    ],
    [
      'a named origin',
      ['https://a.example', 'https://b.example'],
      preflight,
      { ...open, 'access-control-allow-origin': 'https://a.example', 'access-control-allow-credentials': 'true' },
    ],
    [
      'an empty name among the headers',
      [],
      { ...preflight, 'access-control-request-headers': 'a,,b' },
      { ...open, 'access-control-allow-headers': `Authorization, a, , b, ${usual}` },
    ],
    ['what is no name of a header', [], { ...preflight, 'access-control-request-headers': 'a b' }, null],
    ['another origin', ['https://b.example'], preflight, null],
    ['no preflight', [], {}, null],
    ['a method that nothing has', [], { 'access-control-request-method': 'LINK' }, null],
  ];

describe('a preflight', () => {
  for (const [title, allowed, asked, answer] of cases) {
    test(title, async () => {
      const headers = { origin: 'https://a.example', ...asked };
      const response = await ask(allowed, 'OPTIONS', headers);
      expect(Object.fromEntries(response.headers)).toEqual(answer ?? { 'x-route': '1' });
    });
  }
});

test('every answer to an origin names the headers that its script may read', async () => {
  const response = await ask([], 'GET', { origin: 'https://a.example' });
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-expose-headers')).toMatch(/Content-Range/);
});

test('without an origin there is nothing to allow', async () => {
  const response = await ask([], 'OPTIONS', preflight);
  expect(Object.fromEntries(response.headers)).toEqual({ 'x-route': '1' });
});

async function ask(allowed: readonly string[], method: string, headers: Headers): Promise<Response> {
  const handler = cors(allowed)(() => new Response(null, { headers: { 'x-route': '1' } }));
  return handler(new Request('http://localhost/rest/v1/films', { method, headers }), 'id');
}
