import { SELECTS } from './reading.ts';
import { type CaseRequest, encode, pairs, prefer, request } from './request.ts';

export const PREFERENCES = [
  ...[
    '',
    'return=minimal',
    'return=representation',
    'return=headers-only',
    'return=x',
    'count=exact',
    'missing=default',
  ],
  ...[
    'return=representation, count=exact',
    'missing=null,return=representation',
    'missing=default,return=representation',
  ],
  ...[
    'resolution=merge-duplicates',
    'resolution=ignore-duplicates',
    'resolution=merge-duplicates,return=representation',
  ],
  ...[
    'resolution=ignore-duplicates,return=representation',
    'tx=rollback',
    'handling=strict',
    'handling=strict,foo=bar',
  ],
  ...['handling=lenient,foo', 'return=representation,return=minimal', 'timezone=America/Los_Angeles', 'max-affected=1'],
  ...[
    'RETURN=representation',
    'return = representation',
    'return=representation;x',
    'return=representation,,count=exact',
  ],
];

const INSERTS: readonly (readonly [path: string, bodies: readonly unknown[]])[] = [
  ['/lim', [{ id: 50 }, [{ id: 50 }, { id: 51 }], [{ id: 50 }, { name: 'x' }], {}, [], [{}], { nope: 1 }, { id: 1 }]],
  ['/lim', ['null', '1', '"s"', '[1]', '[null]', '{', '', ' ', '{"id":50,"id":51}', '{"id": 50} x', "{'id':1}"]],
  [
    '/compound',
    [
      { a: 7, b: 8, v: 'z' },
      [
        { a: 7, b: 8 },
        { a: 1, b: 1 },
      ],
      { a: 1, b: 1, v: 'dup' },
    ],
  ],
  ['/nopk', [{ a: 1, b: 'z' }, [{ a: 1 }]]],
  [
    '/projects',
    [
      { id: 1, name: null },
      { id: 60, name: 'p', client_id: 99 },
      { id: 60, name: 'p', client_id: 1 },
    ],
  ],
  [
    '/types',
    [
      { id: 9, c_arr: [1, 2], c_addr: { street: 'x' }, c_ir: '[1,3)' },
      { id: 9, c_gen: 1 },
      { id: 9, c_dom: -1 },
    ],
  ],
  ['/todos', [{ id: 9, label_color: '#00FF00', name: 'n' }]],
  ['/bulk', [{ a: 2 }, [{ a: 2 }, { a: 3 }], { a: 2, b: null, e: { street: 's' } }]],
  ['/rls', [{ id: 5 }, { id: 5, owner: 'someone' }]],
  [
    '/cols_only',
    [
      { id: 5, open: 'x' },
      { id: 5, secret: 'x' },
    ],
  ],
  ['/counts', [{ n: 1 }]],
  ['/projects_view', [{ id: 70, title: 't' }]],
  [
    '/parts',
    [
      { id: 5, y: 3 },
      { id: 5, y: 300 },
    ],
  ],
  ['/trg', ['pt', 'pgrst', 'pgrst-status', 'plain', 'guc', 'ok'].map((what) => ({ id: 50, what }))],
];

const CHANGES = [
  ...[
    '/lim',
    '/lim?id=eq.1',
    '/lim?id=eq.99',
    '/lim?id=gt.3',
    '/lim?id=eq.1&select=id',
    '/lim?columns=name',
    '/lim?id=eq.x',
  ],
  ...[
    '/lim?id=eq.1&columns=nope',
    '/lim?nope=eq.1',
    '/lim?or=(id.eq.1,id.eq.2)',
    '/projects_view?id=eq.1',
    '/rls',
    '/trg',
  ],
  ...[
    '/projects?id=eq.1&select=name,clients(*)&clients.id=eq.9',
    '/counts?client_id=eq.1',
    '/mat_projects',
    '/bulk?a=eq.1',
  ],
];

const PUTS = [
  ...[
    '/lim?id=eq.1',
    '/lim?id=eq.50',
    '/lim',
    '/lim?name=eq.x',
    '/lim?id=gt.1',
    '/lim?id=not.eq.1',
    '/lim?id=eq.1&limit=1',
  ],
  ...[
    '/lim?id=eq.1&or=(id.eq.1)',
    '/lim?id=eq.1&select=name',
    '/compound?a=eq.1&b=eq.1',
    '/compound?a=eq.1',
    '/nopk?a=eq.1',
  ],
];

const CONTENT_TYPES = ['application/json', 'text/csv', 'text/csv; charset=utf-8', 'application/x-www-form-urlencoded'];
const TABLES_OF_TEXT = [
  ...[
    'id,name\n50,x\n51,y',
    'id,name\n50,NULL',
    'id,name\n50',
    'id,name\n50,x,z',
    'id,name',
    'id,name\n',
    'id,nope\n50,x',
  ],
  ...[
    'id,name\r\n50,"a ""q"" b"\r\n',
    'id,name\n50,"a\nb"',
    'id,name\n\n50,x',
    'id=50&name=x+y%20z',
    'id=50&id=51',
    'id=50&name',
  ],
];

export function* writing(): Generator<CaseRequest> {
  yield* inserts();
  for (const [path, preference] of pairs(CHANGES, PREFERENCES)) {
    for (const body of [{ name: 'n' }, {}, [], [{ name: 'a' }, { name: 'b' }], { nope: 1 }, '{']) {
      yield request('PATCH', path, { 'content-type': 'application/json', ...prefer(preference) }, body);
    }
    yield request('DELETE', path, prefer(preference));
  }
  for (const [path, preference] of pairs(PUTS, ['', 'return=representation', 'return=minimal', 'count=exact'])) {
    for (const body of [{ id: 1, name: 'p' }, [{ id: 1 }, { id: 2 }], {}, [], { a: 1, b: 1, v: 'p' }]) {
      yield request('PUT', path, prefer(preference), body);
    }
  }
  for (const [type, body] of pairs(CONTENT_TYPES, TABLES_OF_TEXT)) {
    yield request('POST', '/lim', { 'content-type': type, prefer: 'return=representation' }, body);
  }
}

function* inserts(): Generator<CaseRequest> {
  const columns = [
    '',
    '?columns=id,name',
    '?columns=nope',
    '?columns=',
    '?select=id',
    '?on_conflict=id',
    '?on_conflict=nope',
  ];
  for (const [path, bodies] of INSERTS) {
    for (const [body, preference] of pairs(bodies, PREFERENCES)) {
      for (const query of columns) {
        yield request('POST', path + query, { 'content-type': 'application/json', ...prefer(preference) }, body);
      }
    }
  }
  for (const select of SELECTS) {
    const path = `/projects?select=${encode(select)}`;
    yield request('POST', path, prefer('return=representation'), { id: 50, name: 'new', client_id: 1 });
  }
}
