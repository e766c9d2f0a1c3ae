import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { eachEngine, send } from './app.ts';

/** Runs of each property; a hundred times as many where there is time. */
const RUNS = process.env.HUTCH_TEST_LONG === undefined ? 400 : 40_000;

const table = fc.constantFrom(
  'films',
  'directors',
  'roles',
  'orders',
  'employees',
  'notes',
  'paints',
  'texts',
  'old_films',
  'keyless',
  'nope',
);
const name = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      'id',
      'title',
      'year',
      'name',
      'data',
      'tags',
      'shown',
      'color',
      'data->a',
      'data->>0',
      'tags->0',
      '*',
      '',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
);
const operator = fc.constantFrom(
  'eq',
  'neq',
  'gt',
  'like',
  'match',
  'in',
  'is',
  'isdistinct',
  'fts',
  'plfts(english)',
  'cs',
  'ov',
  'sl',
  'adj',
  'not.eq',
  'eq(any)',
  'like(all)',
  'bad',
);
const value = fc.oneof(
  fc.constantFrom(
    '1',
    'null',
    '(1,2)',
    '{1,2}',
    '[1,5)',
    '',
    '%00',
    '\\',
    '"',
    '(',
    '*',
    '1e999',
    '99999999999999999999',
    '-1',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const filter = fc.tuple(name, operator, value).map((parts) => `${parts[0]}=${parts[1]}.${parts[2]}`);
const condition = fc.tuple(name, operator, value).map((parts) => parts.join('.'));
const { select, logic } = fc.letrec<{ select: string; logic: string }>((tie) => ({
  select: fc
    .array(
      fc.oneof(
        { depthSize: 'small' },
        name,
        fc.constantFrom('count()', 'year.sum()', 'id::text', 'a:id'),
        fc
          .tuple(fc.constantFrom('', '...', 'al:'), table, fc.constantFrom('', '!inner', '!billing'), tie('select'))
          .map(([mark, to, hint, inner]) => `${mark}${to}${hint}(${inner})`),
      ),
      { maxLength: 3 },
    )
    .map((items) => items.join(',')),
  logic: fc
    .array(fc.oneof({ depthSize: 'small' }, condition, tie('logic')), { maxLength: 3 })
    .chain((items) => fc.constantFrom('and', 'or', 'not.and').map((op) => `${op}(${items.join(',')})`)),
}));
const parameter = fc.oneof(
  select.map((items) => `select=${items}`),
  filter,
  logic.map((tree) => tree.replace('(', '=(')),
  fc
    .tuple(fc.constantFrom('order', 'limit', 'offset', 'columns', 'on_conflict', 'directors.order'), value)
    .map((pair) => pair.join('=')),
);
const path = fc.oneof(
  { weight: 4, arbitrary: table.map((of) => `/${of}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('/rpc/add_them', '/rpc/best_films', '/rpc/plus_one', '/rpc/nope', '/', '/a/b/c'),
  },
);
const request = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'),
  address: fc.tuple(path, fc.array(parameter, { maxLength: 4 })).map(([at, query]) => `${at}?${query.join('&')}`),
  prefer: fc.constantFrom(
    '',
    'count=exact',
    'return=representation',
    'resolution=merge-duplicates',
    'missing=default',
    'handling=strict,max-affected=1',
    'timezone=x',
    'cursor',
    'deleted=include',
    'count=planned',
  ),
  accept: fc.constantFrom(
    '*/*',
    'text/csv',
    'application/vnd.pgrst.object+json',
    'application/vnd.pgrst.plan',
    'application/x-ndjson',
    'x',
  ),
  type: fc.constantFrom(
    'application/json',
    'text/csv',
    'application/x-www-form-urlencoded',
    'application/merge-patch+json',
    'application/x-ndjson',
    'x',
  ),
  body: fc.oneof(
    fc.json({ maxDepth: 3 }),
    fc.constantFrom('{"id":1}', '[{"id":1},{"id":2}]', '', '[]', 'a,b\n1,2', '{"a":1,"b":2}'),
    fc.string({ maxLength: 20 }),
  ),
});

eachEngine('any request', (bench) => {
  test(
    'gets an answer of the dialect, and never a 500',
    async () => {
      const answered = fc.asyncProperty(request, async ({ method, address, prefer, accept, type, body }) => {
        const carries = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
        const headers = { accept, prefer, ...(carries ? { 'content-type': type } : {}) };
        const response = await send(bench(), {
          request: `${method} ${address}`,
          headers,
          ...(carries ? { body } : {}),
        });
        const text = await response.text();
        expect(`${response.status >= 500 ? `${response.status} ${text}` : ''}`).toBe('');
        if (response.status < 400 || method === 'HEAD') return;
        expect(Object.keys(JSON.parse(text)).sort()).toEqual(['code', 'details', 'hint', 'message']);
      });
      await fc.assert(answered, { numRuns: RUNS });
    },
    RUNS * 100,
  );
});
