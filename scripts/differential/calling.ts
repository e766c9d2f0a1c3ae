import { type CaseRequest, encode, get, pairs, prefer, request } from './request.ts';

/** Beside what there is: misspelt names, and relations. */
const OTHERS = ['nope', 'add_the', 'clients', 'a_proc', 'trg_f', 'tsv_agg', 'F n', 'unnamed_int'];

const ARGUMENTS = [
  ...[
    '',
    '?a=1&b=2',
    '?id=3',
    '?num=1',
    '?a=1',
    '?a=x',
    '?a=1&b=2&c=3',
    '?v=1&v=2',
    '?a=x&v=1&v=2',
    '?a={1,2}',
    '?select=id',
  ],
  ...[
    '?select=a',
    '?limit=1',
    '?order=id.desc',
    '?id=eq.1',
    '?a=eq.1',
    '?foo=bar',
    '?id=3&id=eq.1',
    '?or=(id.eq.1,id.eq.2)',
  ],
  ...['?select=id,name&id=lt.3&order=id.desc&limit=1', '?select=*,clients(name)', '?name=not.is.null'],
];

const BODIES = [
  ...[
    {},
    { a: 1, b: 2 },
    { id: 3 },
    { num: 2 },
    { a: 'x' },
    { v: [1, 2] },
    { a: 'x', v: [1, 2] },
    { a: [1, 2] },
    { a: null },
  ],
  ...[
    [],
    [{ a: 1, b: 2 }],
    [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ],
    { foo: 1 },
    '',
    '1',
    '"x"',
    'null',
    '[1,2]',
    '{',
  ],
];

const ACCEPTS = [
  ...[
    '*/*',
    'application/json',
    'text/csv',
    'text/plain',
    'text/html',
    'text/xml',
    'image/png',
    'application/octet-stream',
  ],
  ...[
    'application/vnd.pgrst.object+json',
    'application/vnd.pgrst.object',
    'application/vnd.pgrst.array+json',
    'foo/bar',
  ],
  ...['application/vnd.pgrst.array+json;nulls=stripped', 'application/vnd.pgrst.object+json;nulls=stripped', 'text/*'],
  ...[
    'text/tab-separated-values',
    'application/vnd.twkb',
    'foo/bar, application/json;q=0.5',
    'text/csv;q=0.1,application/json',
  ],
  ...['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/vnd.pgrst.object+json, text/csv'],
];

const PROFILES = ['v1', 'v2', 'Sp ecial', 'nope', '', 'V1', 'private'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export function* calling(names: Iterable<string>): Generator<CaseRequest> {
  for (const name of [...names, ...OTHERS].map(encode)) {
    for (const [query, method] of pairs(ARGUMENTS, ['GET', 'HEAD', 'POST', 'OPTIONS'])) {
      yield request(method, `/rpc/${name}${query}`);
    }
    for (const body of BODIES) yield request('POST', `/rpc/${name}`, { 'content-type': 'application/json' }, body);
    for (const accept of ACCEPTS) yield get(`/rpc/${name}`, { accept });
    for (const preference of ['count=exact', 'handling=strict,foo', 'return=representation', 'tx=rollback']) {
      yield request('POST', `/rpc/${name}`, prefer(preference), {});
    }
  }
}

const TABLES = [
  '/lim?order=id',
  '/projects?order=id',
  '/types?select=c_bytea&id=eq.1',
  '/lim?id=eq.99',
  '/nums',
  '/nope',
];
const ADDRESSES = [
  ...[
    '/',
    '/lim/',
    '/lim/1',
    '/rpc',
    '/rpc/',
    '/rpc/vol/x',
    '/Lim',
    '/%6Cim',
    '/li%20m',
    '/lim%2F1',
    '/liim',
    '/lim?',
    '/lim?&',
  ],
  ...[
    '/lim?=x',
    '/lim?id',
    '/lim?id=',
    '/lim?id=eq',
    '/lim?id.eq.1',
    '/lim?name=eq.a+b',
    '/lim?select=%ZZ',
    '/lim?.id=eq.1',
  ],
  ...[
    '/lim?lim.id=eq.1',
    '/lim?select',
    '/lim?order=',
    '/lim?or=()',
    '/lim?or=(id.eq.1',
    '/lim?or=(id.eq.1,)',
    '/lim?or=(id)',
  ],
  ...[
    '/lim?not.or=(id.eq.1,id.eq.2)',
    '/lim?or=(not.id.eq.1,id.eq.2)',
    '/lim?or=(name.eq."a\\"b",id.eq.2)',
    '/lim?xor=(id.eq.1)',
  ],
];

export function* representing(): Generator<CaseRequest> {
  for (const [table, accept] of pairs(TABLES, ACCEPTS)) {
    yield get(table, { accept });
    yield request('PATCH', table, { accept, prefer: 'return=representation' }, { name: 'q' });
  }
  for (const [profile, method] of pairs(PROFILES, METHODS)) {
    const body = ['POST', 'PUT', 'PATCH'].includes(method) ? { id: 1, title: 'x' } : undefined;
    for (const header of ['accept-profile', 'content-profile']) {
      yield request(method, '/clients?id=eq.1', { [header]: profile }, body);
    }
  }
  for (const [address, method] of pairs(ADDRESSES, METHODS)) yield request(method, address);
}
