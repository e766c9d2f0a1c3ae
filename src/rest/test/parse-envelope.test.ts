import { describe, expect, test } from 'bun:test';
import { contentTypeOf, mimeOf, parseMediaType } from '../parse/media-type.ts';
import { parsePreferences, preferenceApplied } from '../parse/preferences.ts';
import { parseQueryString } from '../parse/query-string.ts';
import { read, refusal, type Sent } from './request.ts';

describe('paths and methods', () => {
  const actions: readonly (readonly [method: string, path: string, action: object])[] = [
    ['GET', '/items', { kind: 'read', relation: 'items', headersOnly: false }],
    ['HEAD', '/items', { kind: 'read', relation: 'items', headersOnly: true }],
    ['POST', '/items', { kind: 'mutate', relation: 'items', mutation: 'insert' }],
    ['PUT', '/items', { kind: 'mutate', relation: 'items', mutation: 'upsert' }],
    ['PATCH', '/items', { kind: 'mutate', relation: 'items', mutation: 'update' }],
    ['DELETE', '/items', { kind: 'mutate', relation: 'items', mutation: 'delete' }],
    ['OPTIONS', '/items', { kind: 'info', of: 'relation', name: 'items' }],
    ['GET', '/rpc/f', { kind: 'call', routine: 'f', invocation: 'get' }],
    ['HEAD', '/rpc/f', { kind: 'call', routine: 'f', invocation: 'head' }],
    ['POST', '/rpc/f', { kind: 'call', routine: 'f', invocation: 'post' }],
    ['OPTIONS', '/rpc/f', { kind: 'info', of: 'routine', name: 'f' }],
    ['GET', '/', { kind: 'schema', headersOnly: false }],
    ['HEAD', '', { kind: 'schema', headersOnly: true }],
    ['OPTIONS', '/', { kind: 'info', of: 'schema' }],
    ['GET', '/%D9%85%20x', { kind: 'read', relation: 'م x', headersOnly: false }],
    ['GET', '/100%', { kind: 'read', relation: '100%', headersOnly: false }],
    ['GET', '/rpc', { kind: 'read', relation: 'rpc', headersOnly: false }],
  ];
  test.each(actions)('%s %s', (method, path, action) => {
    expect(read(path, { method, body: '{}' }).action).toEqual(action as never);
  });

  const refused: readonly (readonly [method: string, path: string, status: number, code: string, message: string])[] = [
    ['TRACE', '/items', 405, 'PGRST117', 'Unsupported HTTP method: TRACE'],
    ['PUT', '/rpc/f', 405, 'PGRST101', 'Cannot use the PUT method on RPC'],
    ['POST', '/', 405, 'PGRST117', 'Unsupported HTTP method: POST'],
    ['GET', '/a/b', 404, 'PGRST125', 'Invalid path specified in request URL'],
    ['GET', '/items/', 404, 'PGRST125', 'Invalid path specified in request URL'],
    ['GET', '/rpc/a/b', 404, 'PGRST125', 'Invalid path specified in request URL'],
  ];
  test.each(refused)('%s %s', (method, path, status, code, message) => {
    expect(refusal(path, { method })).toMatchObject({ status, code, message });
  });

  test('the root may be off, or a function', () => {
    expect(refusal('/', { settings: { openapi: false } })).toMatchObject({ status: 404, code: 'PGRST126' });
    expect(read('/', { settings: { rootRoutine: 'home' } }).action).toMatchObject({ kind: 'call', routine: 'home' });
  });
});

describe('profiles', () => {
  const cases: readonly (readonly [method: string, headers: Record<string, string>, schema: string])[] = [
    ['GET', {}, 'api'],
    ['GET', { 'accept-profile': 'other' }, 'other'],
    ['GET', { 'content-profile': 'other' }, 'api'],
    ['POST', { 'content-profile': 'other' }, 'other'],
    ['POST', { 'accept-profile': 'other' }, 'api'],
    ['DELETE', { 'content-profile': 'other' }, 'other'],
  ];
  test.each(cases)('%s %j', (method, headers, schema) => {
    expect(read('/t', { method, headers, body: '{}' })).toMatchObject({ schema, negotiatedByProfile: true });
  });

  test('one schema is not negotiated', () => {
    expect(read('/t', { settings: { schemas: ['public'] } }).negotiatedByProfile).toBe(false);
  });

  test('only exposed ones', () => {
    expect(refusal('/t', { headers: { 'accept-profile': 'secret' } })).toMatchObject({
      status: 406,
      code: 'PGRST106',
      message: 'Invalid schema: secret',
      details: null,
      hint: 'Only the following schemas are exposed: api, other',
    });
  });
});

describe('preferences', () => {
  test('are read from one header or several, the first of a kind holds', () => {
    const text = 'return=minimal,  count=exact ,tx=rollback, tx=commit, missing=default, resolution=merge-duplicates';
    expect(
      parsePreferences(`${text}, handling=strict, timezone=UTC, max-affected=10, odd, count=odd`, true),
    ).toMatchObject({
      return: 'minimal',
      count: 'exact',
      tx: 'rollback',
      missing: 'default',
      resolution: 'merge-duplicates',
      handling: 'strict',
      timezone: 'UTC',
      maxAffected: 10,
      unknown: ['odd', 'count=odd'],
    });
  });

  test('tx is neither honoured nor unknown where no override is allowed', () => {
    expect(parsePreferences('tx=rollback', false)).toMatchObject({ tx: null, unknown: [] });
  });

  test('extensions', () => {
    expect(parsePreferences('deleted=only, delete=purge, cursor', true)).toMatchObject({
      deleted: 'only',
      delete: 'purge',
      cursor: true,
      unknown: [],
    });
  });

  test('max-affected must be a number', () => {
    expect(parsePreferences('max-affected=many', true)).toMatchObject({ maxAffected: null, unknown: [] });
  });

  test('are echoed in a fixed order, max-affected only when it has force', () => {
    const sent = 'max-affected=5, timezone=UTC, handling=lenient, tx=commit, count=planned, return=representation';
    const rest = 'missing=null, resolution=ignore-duplicates, deleted=include, cursor';
    const echoed = 'resolution=ignore-duplicates, missing=null, return=representation, count=planned, tx=commit';
    expect(preferenceApplied(parsePreferences(`${sent}, ${rest}`, true))).toBe(
      `${echoed}, handling=lenient, timezone=UTC, deleted=include, cursor`,
    );
    expect(preferenceApplied(parsePreferences('handling=strict, max-affected=5', true))).toBe(
      'handling=strict, max-affected=5',
    );
    expect(preferenceApplied({})).toBeUndefined();
  });
});

describe('media types', () => {
  const cases: readonly (readonly [text: string, mime: string])[] = [
    ['application/json', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
    ['Application/JSON', 'application/json'],
    ['application/vnd.pgrst.object+json', 'application/vnd.pgrst.object+json'],
    ['ApplicatIon/vnd.PgRsT.object+json', 'application/vnd.pgrst.object+json'],
    ['application/vnd.pgrst.object', 'application/vnd.pgrst.object+json'],
    ['application/vnd.pgrst.object+json;nulls=stripped', 'application/vnd.pgrst.object+json;nulls=stripped'],
    ['application/vnd.pgrst.array+json', 'application/json'],
    ['application/vnd.pgrst.array+json; Nulls=stripped', 'application/vnd.pgrst.array+json;nulls=stripped'],
    ['application/vnd.pgrst.plan;', 'application/vnd.pgrst.plan+text; for="application/json"'],
    [
      'application/vnd.pgrst.plan ; for="text/xml" ; options=analyze',
      'application/vnd.pgrst.plan+text; for="text/xml"; options=analyze',
    ],
    [
      'application/vnd.pgrst.plan+json;for="text/csv";options=wal|buffers',
      'application/vnd.pgrst.plan+json; for="text/csv"; options=buffers|wal',
    ],
    ['text/csv', 'text/csv'],
    ['application/octet-stream', 'application/octet-stream'],
    ['application/geo+json', 'application/geo+json'],
    ['*/*', '*/*'],
    ['application/vnd.twkb', 'application/vnd.twkb'],
    ['nonsense', 'nonsense'],
    ['', ''],
    ['application/x-ndjson', 'application/x-ndjson'],
  ];
  test.each(cases)('%s', (text, mime) => expect(mimeOf(parseMediaType(text))).toBe(mime));

  const contentTypes: readonly (readonly [text: string, contentType: string])[] = [
    ['application/json', 'application/json; charset=utf-8'],
    ['text/csv', 'text/csv; charset=utf-8'],
    ['application/octet-stream', 'application/octet-stream'],
    ['application/vnd.twkb', 'application/vnd.twkb'],
    ['application/x-ndjson', 'application/x-ndjson; charset=utf-8'],
  ];
  test.each(contentTypes)('Content-Type: %s', (text, contentType) => {
    expect(contentTypeOf(parseMediaType(text))).toBe(contentType);
  });

  const accepts: readonly (readonly [header: string | undefined, mimes: readonly string[]])[] = [
    [undefined, ['*/*']],
    ['text/csv', ['text/csv']],
    ['text/csv;q=0.1, application/json', ['application/json', 'text/csv']],
    ['*/*, text/csv', ['text/csv', '*/*']],
    ['text/csv, application/json', ['text/csv', 'application/json']],
    ['text/html, application/json;q=0.9, */*;q=0.8', ['text/html', 'application/json', '*/*']],
    ['a/b;q=x, c/d;q=0.5', ['a/b', 'c/d']],
    ['a/b;q=-1, c/d;q=0', ['c/d', 'a/b']],
    [
      'application/json, application/vnd.pgrst.object+json;nulls=stripped',
      ['application/vnd.pgrst.object+json;nulls=stripped', 'application/json'],
    ],
  ];
  test.each(accepts)('Accept: %s', (header, mimes) => {
    expect(read('/t', { headers: header === undefined ? {} : { accept: header } }).accept.map(mimeOf)).toEqual([
      ...mimes,
    ]);
  });
});

describe('bodies', () => {
  const post = (body: string, contentType?: string, target = '/t'): Sent & { target: string } => ({
    target,
    method: 'POST',
    body,
    ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
  });
  const payload = ({ target, ...sent }: Sent & { target: string }) => read(target, sent).payload;

  const accepted: readonly (readonly [name: string, sent: Sent & { target: string }, payload: object])[] = [
    ['an object', post('{"b":1,"a":2}'), { kind: 'json', text: '{"b":1,"a":2}', keys: ['a', 'b'] }],
    ['rows', post('[{"a":1},{"a":2}]'), { kind: 'json', text: '[{"a":1},{"a":2}]', keys: ['a'] }],
    ['rows with keys in another order', post('[{"a":1,"b":2},{"b":3,"a":4}]'), { kind: 'json', keys: ['a', 'b'] }],
    ['no rows', post('[]'), { kind: 'json', text: '[]', keys: [] }],
    ['a scalar', post('7'), { kind: 'json', text: '[]', keys: [] }],
    ['an odd key', post('{"__proto__":1}'), { kind: 'json', keys: ['__proto__'] }],
    ['columns', post('[{"a":1},{"b":2}]', undefined, '/t?columns=a,b'), { kind: 'json-unchecked' }],
    [
      'CSV',
      post('a,b\n1,NULL\n"x,""y""",\n', 'text/csv'),
      { kind: 'json', text: '[{"a":"1","b":null},{"a":"x,\\"y\\"","b":""}]', keys: ['a', 'b'] },
    ],
    [
      'a form to a table',
      post('a=1&b=x+y', 'application/x-www-form-urlencoded'),
      { kind: 'json', text: '{"a":"1","b":"x y"}', keys: ['a', 'b'] },
    ],
    [
      'a form to a function',
      post('v=1&v=2', 'application/x-www-form-urlencoded', '/rpc/f'),
      {
        kind: 'form',
        pairs: [
          ['v', '1'],
          ['v', '2'],
        ],
        keys: ['v'],
      },
    ],
    ['nothing to a function', post('', undefined, '/rpc/f'), { kind: 'json', text: '', keys: [] }],
    [
      'text to a function',
      post('héllo', 'text/plain', '/rpc/f'),
      { kind: 'raw', bytes: new TextEncoder().encode('héllo') },
    ],
  ];
  test.each(accepted)('%s', (_name, sent, expected) => expect(payload(sent)).toMatchObject(expected));

  const refused: readonly (readonly [name: string, sent: Sent & { target: string }, message: string])[] = [
    ['invalid JSON', post('{'), 'Empty or invalid json'],
    ['nothing to a table', post(''), 'Empty or invalid json'],
    ['half a character', post('{"a":"\\ud83d"}'), 'Empty or invalid json'],
    ['different keys', post('[{"a":1},{"b":2}]'), 'All object keys must match'],
    ['more keys', post('[{"a":1},{"a":1,"b":2}]'), 'All object keys must match'],
    ['no objects', post('[1]'), 'All object keys must match'],
    ['short CSV lines', post('a,b\n1\n2,3', 'text/csv'), 'All lines must have same number of fields'],
    ['text to a table', post('x', 'text/plain'), 'Content-Type not acceptable: text/plain'],
    ['an unknown type', post('x', 'image/png'), 'Content-Type not acceptable: image/png'],
    [
      'merge patches in a POST',
      post('{}', 'application/merge-patch+json'),
      'Content-Type not acceptable: application/merge-patch+json',
    ],
  ];
  test.each(refused)('refuses %s', (_name, { target, ...sent }, message) => {
    expect(refusal(target, sent)).toMatchObject({ status: 400, code: 'PGRST102', message, details: null, hint: null });
  });

  test('deep JSON is refused before anything else reads it', () => {
    expect(refusal('/t', post(`{"a":${'['.repeat(100_000)}`))).toMatchObject({ status: 400, code: 'HUTCH100' });
    expect(payload(post(`{"a":"${'['.repeat(1_000)}"}`))).toMatchObject({ keys: ['a'] });
    const form = post(`a=${'['.repeat(1_000)}`, 'application/x-www-form-urlencoded');
    expect(refusal('/rpc/f', form)).toMatchObject({ status: 400, code: 'HUTCH100' });
    expect(refusal(`/rpc/f?a=${'['.repeat(1_000)}`)).toMatchObject({ status: 400, code: 'HUTCH100' });
  });

  test('merge patches are one object', () => {
    const patch = { method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json' } };
    expect(read('/t', { ...patch, body: '{"meta":{"a":null}}' }).payload).toMatchObject({
      kind: 'merge-patch',
      keys: ['meta'],
    });
    expect(refusal('/t', { ...patch, body: '[]' })).toMatchObject({ code: 'HUTCH106' });
  });

  test('what has no body looks at none', () => {
    expect(read('/t', { method: 'DELETE', body: 'x' }).payload).toBeNull();
    expect(read('/t', { body: 'x' }).payload).toBeNull();
  });
});

describe('headers', () => {
  test('are kept for SQL, cookies apart', () => {
    const request = read('/t', { headers: { 'X-One': '1', cookie: 'a=b; c="d e"; e; f="' } });
    expect(request.headers).toEqual({ 'x-one': '1' });
    expect(request.cookies).toEqual({ a: 'b', c: 'd e', e: '', f: '"' });
  });

  test('conditions', () => {
    const conditions = (headers: Record<string, string>) => read('/t', { headers }).conditions;
    expect(conditions({})).toEqual({ ifMatch: null, ifNoneMatch: null });
    expect(conditions({ 'if-match': '"a", W/"b"' }).ifMatch).toEqual(['"a"', 'W/"b"']);
    expect(conditions({ 'if-none-match': '*' }).ifNoneMatch).toEqual(['*']);
    expect(conditions({ 'if-match': 'junk' }).ifMatch).toEqual([]);
  });
});

test('query strings', () => {
  expect(parseQueryString('?a=1&b&c=&=d&&e=1=2;f=%41+%zz')).toEqual([
    ['a', '1'],
    ['b', null],
    ['c', ''],
    ['', 'd'],
    ['', null],
    ['e', '1=2'],
    ['f', 'A %zz'],
  ]);
  expect(parseQueryString('')).toEqual([]);
});
