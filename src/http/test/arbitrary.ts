import { createHmac } from 'node:crypto';
import fc, { type Arbitrary } from 'fast-check';
import { SECRET } from './whole-app.ts';

/** A request as a client could send it. */
export interface AnyRequest {
  readonly method: string;
  /** Below the mount, with the query. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
  /** The body comes in pieces of so many bytes; whole where 0. */
  readonly pieces: number;
}

const oneOf = (words: string): Arbitrary<string> => fc.constantFrom(...words.split(' '));
const weighted = <T>(...choices: readonly (readonly [number, Arbitrary<T>])[]): Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
const many = (text: string, least: number, most: number, between = ','): Arbitrary<string> =>
  fc.integer({ min: least, max: most }).map((count) => Array.from({ length: count }, () => text).join(between));

// --------------------------------------------------------------------------------------------------------------- names

const relations =
  'films directors technical_specs actors roles nominations orders addresses employees notes places keyless texts events ' +
  'payments secrets files paints old_films film_count kinds kinds totals joined frozen cast_views checked spans nope';
const columns =
  'id title year rating language data tags shown seen director_id name first_name last_name body vector doc a b code ' +
  'small num dbl flag txt vc ch bytes day at clock span uid net cash bits spot shape js jb ints texts words find nums days ' +
  'feeling extent brief path oid nm mark twice parent v during full_name searchable supervisor supervisees color';
const noise = weighted(
  [4, fc.string({ unit: 'grapheme', maxLength: 6 })],
  [2, fc.string({ unit: 'binary', maxLength: 6 })],
  [1, oneOf('%00 %ff %c3%28 %zz % %25 %F0%9F%98%80 é 日本 😀 \u0000 \ud800 + & # ; = /')],
  [1, fc.constantFrom(' ', '\t', '\n', '\r\n', '"', "'", '\\', '$1', '--', '/*', '{}')],
);
const relation = weighted(
  [20, oneOf(relations)],
  [1, fc.constantFrom('Café au lait', '"films"', '', 'pg_class')],
  [1, noise],
);
const json = weighted([3, oneOf('->a ->>a ->0 ->>-1 ->a->b->>0 ->"x y" -> ->> ->99999999999')], [20, fc.constant('')]);
const name = fc
  .tuple(weighted([20, oneOf(columns)], [2, fc.constantFrom('*', '', 'select', '"with ""quotes"""')], [1, noise]), json)
  .map((parts) => parts.join(''));
const routine = weighted(
  [
    10,
    oneOf(
      'add_them greet plus_one best_films one_film film_years pair pairs nothing write_note finish_notes size_of_json shout ' +
        'byte_count same teapot accents alike refuse whoami motto pixel series echo whole of_kind divide add_kinds isolation nope',
    ),
  ],
  [1, noise],
);

// -------------------------------------------------------------------------------------------------------------- values

const value = weighted(
  [
    10,
    oneOf(
      '1 0 -1 1.5 null true t NaN Infinity 1e999 99999999999999999999 2024-01-01 infinity 10:00 1y {1,2} {} {{1},{2}} ' +
        '[1,5) empty (1,2) ((0,0),(1,1)) [1] {"a":1} "x" * a%25b .* ( [ { \\ \\x \\xff (a)( ^(a+)+$ a&b a|!b a<->b',
    ),
  ],
  [
    3,
    fc.constantFrom('', 'ok', 'fat & cats', '00000000-0000-0000-0000-000000000000', '10.0.0.0/8', '$.a[*] ? (@ > 1)'),
  ],
  [3, noise],
);
const quantified = weighted([10, fc.constant('')], [1, oneOf('(any) (all) (english) (x) (')]);
const operator = fc
  .tuple(
    weighted([10, fc.constant('')], [1, fc.constant('not.')]),
    weighted(
      [
        20,
        oneOf(
          'eq neq gt gte lt lte like ilike match imatch in is isdistinct fts plfts phfts wfts cs cd ov sl sr nxr nxl adj',
        ),
      ],
      [1, noise],
    ),
    quantified,
  )
  .map((parts) => parts.join(''));
const list = fc.array(value, { maxLength: 4 }).map((items) => `(${items.join(',')})`);
const operand = weighted([6, value], [2, list], [1, oneOf('null not_null true false unknown')]);
const condition = fc.tuple(name, operator, operand).map((parts) => parts.join('.'));
const nested = (open: string, depth: number, inner: string, close = ')'): string =>
  `${open.repeat(depth)}${inner}${close.repeat(depth)}`;

const { select, logic } = fc.letrec<{ select: string; logic: string }>((tie) => ({
  select: fc
    .array(
      fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        name,
        fc
          .tuple(name, oneOf('::text ::int ::nope ::json .sum() .avg() .max()::text .count() ::"char"'))
          .map((p) => p.join('')),
        fc.constantFrom('count()', 'a:id', '*', 'n:count()::text', '::', ':', 'id,'),
        fc
          .tuple(
            fc.constantFrom('', '', '...', 'al:'),
            relation,
            fc.constantFrom('', '', '!inner', '!left', '!billing', '!director_id', '!nope'),
            tie('select'),
          )
          .map(([mark, to, hint, inner]) => `${mark}${to}${hint}(${inner})`),
      ),
      { maxLength: 4 },
    )
    .map((items) => items.join(',')),
  logic: fc
    .array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, condition, tie('logic')), { maxLength: 3 })
    .chain((items) => fc.constantFrom('and', 'or', 'not.and', 'not.or').map((op) => `${op}(${items.join(',')})`)),
}));

// ------------------------------------------------------------------------------------------------------------ parameters

const place = weighted([10, fc.constant('')], [1, oneOf('directors. roles.actors. al. nope.')]);
const number = oneOf('0 1 2 10 -1 999999999999 99999999999999999999 1.5 x 1e3');
const cursor = weighted<unknown>(
  [2, fc.array(fc.oneof(fc.constant(null), fc.string({ maxLength: 5 })), { maxLength: 4 })],
  [1, fc.constant(['id.asc', '1'])],
  [1, fc.json({ maxDepth: 2 })],
).map((token) => Buffer.from(typeof token === 'string' ? token : JSON.stringify(token)).toString('base64url'));
const parameter = weighted<string>(
  [8, select.map((items) => `select=${items}`)],
  [8, fc.tuple(place, name, operator, operand).map(([at, of, op, to]) => `${at}${of}=${op}.${to}`)],
  [5, fc.tuple(place, logic).map(([at, tree]) => `${at}${tree.replace('(', '=(')}`)],
  [
    4,
    fc
      .tuple(place, fc.array(fc.tuple(name, oneOf('.asc .desc .nullsfirst .desc.nullslast .x  ')), { maxLength: 3 }))
      .map(([at, terms]) => `${at}order=${terms.map((term) => term.join('')).join(',')}`),
  ],
  [3, fc.tuple(place, oneOf('limit offset'), number).map(([at, of, n]) => `${at}${of}=${n}`)],
  [
    3,
    fc
      .tuple(oneOf('columns on_conflict'), fc.array(name, { maxLength: 3 }))
      .map(([of, names]) => `${of}=${names.join(',')}`),
  ],
  [3, fc.tuple(oneOf('a b n v min name k j body'), value).map((pair) => pair.join('='))],
  [2, cursor.map((token) => `cursor=${token}`)],
  [1, noise],
);
/** What is long or deep on purpose: each meets a limit, or costs its share only. */
const heavy = weighted<string>(
  [
    2,
    fc
      .tuple(oneOf('and( or( not.and('), fc.integer({ min: 30, max: 900 }))
      .map(([open, depth]) => `and=(${nested(open, depth, 'id.eq.1')})`),
  ],
  [2, fc.integer({ min: 20, max: 90 }).map((depth) => `select=${nested('supervisees(', depth, 'id')}`)],
  [1, fc.integer({ min: 20, max: 60 }).map((depth) => `select=${nested('...directors(', depth, 'films(id)')}`)],
  [2, many('id', 500, 4_000).map((items) => `select=${items}`)],
  [2, many('1', 500, 7_000).map((items) => `id=in.(${items})`)],
  [1, many('id.eq.1', 300, 1_600).map((items) => `or=(${items})`)],
  [1, many('id=gt.0', 300, 2_000, '&')],
  [1, many('id.desc', 100, 1_500).map((items) => `order=${items}`)],
  [1, fc.integer({ min: 10, max: 2_000 }).map((depth) => `data=cs.${nested('[', depth, '1', ']')}`)],
  [1, fc.integer({ min: 2, max: 2_000 }).map((depth) => `tags=cs.${nested('{', depth, '1', '}')}`)],
  [1, fc.integer({ min: 10, max: 6_000 }).map((depth) => `words=fts.${nested('(', depth, 'a')}`)],
  [1, fc.integer({ min: 10, max: 6_000 }).map((depth) => `txt=match.${nested('(', depth, 'a')}`)],
  [1, many('%25a', 100, 2_000, '').map((pattern) => `txt=like.${pattern}`)],
  [1, many('->a', 30, 200, '').map((path) => `data${path}=eq.1`)],
  [1, many('a', 5_000, 20_000, '').map((text) => `txt=eq.${text}`)],
);
const query = weighted(
  [30, fc.array(parameter, { maxLength: 5 })],
  [1, fc.tuple(heavy, fc.array(parameter, { maxLength: 2 })).map(([first, rest]) => [first, ...rest])],
).map((parameters) => parameters.join('&'));

/** What fits a table, so that it gets as far as Postgres. */
const known: Readonly<Record<string, string>> = {
  films: 'id director_id title year rating language data tags shown seen',
  kinds:
    'id small num dbl flag txt vc bytes day at clock span uid net cash spot js jb ints words nums days feeling brief',
  employees: 'id name salary supervisor_id',
  notes: 'id body done',
  'rpc/best_films': 'id title year rating data tags',
};
const fits = oneOf(Object.keys(known).join(' ')).chain((of) => {
  const own = oneOf(known[of] ?? '');
  const filter = fc
    .tuple(own, oneOf('eq gte lt neq in is cs fts like not.eq isdistinct'), operand)
    .map((parts) => parts.join('.'));
  const asked = weighted<string>(
    [2, fc.uniqueArray(own, { maxLength: 4 }).map((names) => `select=${names.join(',')}`)],
    [1, own.map((column) => `select=*,${column}.count()`)],
    [4, filter.map((text) => text.replace('.', '='))],
    [1, fc.array(filter, { maxLength: 3 }).map((all) => `or=(${all.join(',')})`)],
    [2, fc.tuple(own, oneOf('.asc .desc .nullsfirst')).map((parts) => `order=${parts.join('')}`)],
    [2, fc.tuple(oneOf('limit offset'), oneOf('0 1 2 3')).map((parts) => parts.join('='))],
  );
  return fc.array(asked, { maxLength: 4 }).map((all) => `/${of}?${all.join('&')}`);
});
const path = weighted(
  [20, relation.map((of) => `/${of}`)],
  [5, routine.map((of) => `/rpc/${of}`)],
  [
    2,
    fc.constantFrom('/', '', '/a/b/c', '/rpc', '/rpc/', '/films/', '//', '/%', '/films%00', '/%ff%fe', '/openapi.json'),
  ],
  [1, noise.map((text) => `/${text}`)],
);

// --------------------------------------------------------------------------------------------------------------- headers

const preference = weighted(
  [
    20,
    oneOf(
      'count=exact count=planned count=estimated return=representation return=minimal return=headers-only ' +
        'resolution=merge-duplicates resolution=ignore-duplicates missing=default missing=null handling=strict ' +
        'handling=lenient max-affected=1 max-affected=0 max-affected=x timezone=UTC timezone=x tx=rollback cursor ' +
        'deleted=include deleted=only delete=purge delete=restore delete=soft x=y',
    ),
  ],
  [1, fc.string({ maxLength: 8 })],
);
const mediaTypes =
  'application/json text/csv application/vnd.pgrst.object+json application/vnd.pgrst.array+json;nulls=stripped ' +
  'application/vnd.pgrst.plan application/vnd.pgrst.plan+json;for="text/csv";options=analyze|verbose application/x-ndjson ' +
  'application/geo+json text/plain text/html image/png application/octet-stream text/xml application/openapi+json */* x x/y ' +
  'application/json;q=0.1,text/csv;q=0.9 application/x-www-form-urlencoded application/merge-patch+json ' +
  'application/vnd.hutch.batch+json multipart/form-data;boundary=x application/json;charset=latin1';
const token = (claims: string): string => {
  const encode = (text: string) => Buffer.from(text).toString('base64url');
  const signed = `${encode('{"alg":"HS256","typ":"JWT"}')}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
};
const authorization = weighted(
  [
    4,
    fc.constantFrom(
      ...[
        '{"role":"rest_author"}',
        '{"role":"nobody"}',
        '{"role":1}',
        '{}',
        '[]',
        '{"role":"rest_author","exp":1}',
        '{"exp":"x"}',
        '"',
      ].map((claims) => `Bearer ${token(claims)}`),
    ),
  ],
  [2, fc.json({ maxDepth: 2 }).map((claims) => `Bearer ${token(claims)}`)],
  [1, fc.string({ maxLength: 30 }).map((text) => `Bearer ${text}`)],
  [1, oneOf('Bearer Basic Bearer\ta.b.c bearer\tsb_publishable_x Bearer\tsb_secret_y')],
);
const tag = weighted([2, oneOf('* "x" W/"x" "x","y" x')], [1, fc.string({ maxLength: 12 })]);
const optional = <T>(arbitrary: Arbitrary<T>, odds: number): Arbitrary<T | undefined> =>
  weighted<T | undefined>([odds, fc.constant(undefined)], [1, arbitrary]);
const bytes = fc.uint8Array({ max: 255, maxLength: 12 }).map((codes) => String.fromCharCode(...codes));
const headers = fc
  .record({
    accept: optional(oneOf(mediaTypes), 1),
    prefer: optional(
      fc.array(preference, { maxLength: 3 }).map((all) => all.join(', ')),
      1,
    ),
    'content-type': optional(oneOf(mediaTypes), 2),
    authorization: optional(authorization, 12),
    range: optional(
      weighted([3, oneOf('0-1 1-0 5- -5 0-99999999999999999999 a-b items=0-1')], [1, fc.string({ maxLength: 6 })]),
      8,
    ),
    'range-unit': optional(oneOf('items bytes x'), 20),
    'if-match': optional(tag, 8),
    'if-none-match': optional(tag, 8),
    'accept-profile': optional(oneOf('archive api nope  '), 12),
    'content-profile': optional(oneOf('archive api nope  '), 12),
    'accept-encoding': optional(oneOf('gzip identity *;q=0'), 4),
    origin: optional(fc.constant('http://a.example'), 8),
    'access-control-request-method': optional(oneOf('GET X'), 20),
    cookie: optional(weighted([1, fc.constant('a=1; b; =; c="x')], [1, bytes]), 12),
    'x-custom': optional(weighted([3, bytes], [1, many('x', 1_000, 30_000, '')]), 12),
    'x-request-id': optional(bytes, 20),
    apikey: optional(oneOf('sb_publishable_x sb_secret_x x'), 12),
    many: optional(fc.integer({ min: 50, max: 400 }), 80),
  })
  .map(({ many: count = 0, ...named }) => {
    const known = Object.entries(named).map(([of, text]): [string, string] => [
      of,
      text === undefined ? '' : sendable(text),
    ]);
    const more = Array.from({ length: count }, (_, i): [string, string] => [`x-many-${i}`, 'x'.repeat(20)]);
    return Object.fromEntries([...known.filter(([, text]) => text !== ''), ...more]);
  });

/** A header's value may have no line breaks, NUL, or what is beyond Latin-1. */
const sendable = (text: string): string => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').trim();

// ---------------------------------------------------------------------------------------------------------------- bodies

const cell = weighted<unknown>(
  [
    8,
    fc.oneof(
      fc.integer(),
      fc.constantFrom(null, true, '', 'x', 'ok', '{1}', '[1,2)', [], {}, [1], { a: 1 }, 1e300, 0.1),
    ),
  ],
  [4, value],
  [1, fc.jsonValue({ maxDepth: 2 })],
);
const row = fc.dictionary(
  weighted([20, oneOf(columns)], [1, fc.constantFrom('__proto__', 'constructor', '')], [1, noise]),
  cell,
  {
    maxKeys: 4,
  },
);
const rows = weighted<unknown>(
  [3, row],
  [3, fc.tuple(row, fc.integer({ min: 0, max: 3 })).map(([of, count]) => Array.from({ length: count }, () => of))],
  [1, fc.array(row, { maxLength: 3 })],
  [1, fc.jsonValue({ maxDepth: 3 })],
);
const ndjson = fc.array(row, { maxLength: 4 }).map((all) => all.map((one) => JSON.stringify(one)).join('\n'));
const csvCell = weighted([6, oneOf('1 x NULL "a,b" "" "x""y" " "a 2024-01-01 {1}')], [1, noise]);
const csvLine = fc.array(csvCell, { maxLength: 4 }).map((cells) => cells.join(','));
const csv = fc
  .tuple(
    fc.array(oneOf(columns), { maxLength: 4 }),
    fc.array(csvLine, { maxLength: 3 }),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([header, lines, end]) => [header.join(','), ...lines].join(end));
const form = fc
  .array(fc.tuple(oneOf(columns), value), { maxLength: 4 })
  .map((all) => all.map((pair) => pair.join('=')).join('&'));
// biome-ignore lint/suspicious/noTemplateCurlyInString: a batch's own way to refer to an earlier result
const reference = oneOf('${one/0/id} ${one} ${two/x} ${ ${one/~1/~0}');
const operation = fc.record(
  {
    name: oneOf('one two x-1'),
    method: weighted([10, oneOf('GET POST PATCH DELETE PUT HEAD')], [1, oneOf('OPTIONS X')]),
    path: fc
      .tuple(path, query, weighted([4, fc.constant('')], [1, reference]))
      .map(([at, asked, referred]) => `${at}?${asked}${referred === '' ? '' : `&id=eq.${referred}`}`),
    headers: fc.dictionary(
      oneOf('Prefer Accept Content-Type Range If-Match'),
      weighted([3, preference], [1, oneOf(mediaTypes)]),
      { maxKeys: 2 },
    ),
    body: weighted<unknown>(
      [4, rows],
      [1, fc.constant({ id: { $ref: 'one/0/id' } })],
      [1, fc.constant({ $ref: 'one' })],
    ),
  },
  { requiredKeys: ['method', 'path'] },
);
const batch = weighted<unknown>(
  [8, fc.array(operation, { maxLength: 4 }).map((operations) => ({ operations }))],
  [1, fc.jsonValue({ maxDepth: 3 })],
  [
    1,
    fc
      .integer({ min: 90, max: 300 })
      .map((count) => Array.from({ length: count }, () => ({ method: 'GET', path: '/films?limit=1' }))),
  ],
);
const bomb = weighted(
  [1, fc.integer({ min: 200, max: 20_000 }).map((depth) => nested('[', depth, '', ']'))],
  [1, fc.integer({ min: 200, max: 20_000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)],
  [1, fc.integer({ min: 200, max: 5_000 }).map((depth) => `{"jb":${nested('[', depth, '', ']')}}`)],
  [1, many('{"id":1}', 1_000, 5_000).map((items) => `[${items}]`)],
  [1, fc.integer({ min: 1_000, max: 20_000 }).map((digits) => `{"num":${'9'.repeat(digits)}}`)],
  [
    1,
    fc
      .integer({ min: 400, max: 3_000 })
      .map((keys) => JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, i])))),
  ],
  [
    1,
    many('x', 3_000, 60_000, '').map((text) =>
      JSON.stringify({ id: 7, txt: [...text].map((_, i) => ((i * 7919) % 97).toString(36)).join('') }),
    ),
  ],
  [
    1,
    oneOf(
      '{"a":"\\ud800"} {"a":"\\u0000"} {"a":1,"a":2} {"__proto__":1} {"id":1e999999} {"id":-0} [1, {"id":1}x \ufeff{"id":1} nul',
    ),
  ],
);
const utf8 = new TextEncoder();
const body = weighted<string | Uint8Array<ArrayBuffer>>(
  [10, rows.map((value) => JSON.stringify(value))],
  [3, ndjson],
  [3, csv],
  [2, form],
  [3, batch.map((value) => JSON.stringify(value))],
  [1, bomb],
  [1, fc.string({ maxLength: 20 })],
  [1, fc.uint8Array({ maxLength: 20 }).map((raw) => new Uint8Array(raw))],
  [
    1,
    fc
      .tuple(ndjson, fc.uint8Array({ maxLength: 3 }))
      .map(([text, raw]) => new Uint8Array([...utf8.encode(text), ...raw])),
  ],
);

/** Some requests are made to fit, so that they get past the first check: a batch to the root, a patch with its type. */
const fitting = weighted<Partial<Pick<AnyRequest, 'method' | 'address' | 'body'>> & { readonly type?: string }>(
  [20, fc.constant({})],
  [
    2,
    batch.map((value) => ({
      method: 'POST',
      address: '/',
      body: JSON.stringify(value),
      type: 'application/vnd.hutch.batch+json',
    })),
  ],
  [2, row.map((value) => ({ method: 'PATCH', body: JSON.stringify(value), type: 'application/merge-patch+json' }))],
  [2, ndjson.map((text) => ({ method: 'POST', body: text, type: 'application/x-ndjson' }))],
  [2, csv.map((text) => ({ method: 'POST', body: text, type: 'text/csv' }))],
  [30, fits.map((address) => ({ address }))],
  [
    2,
    fc
      .tuple(row, fc.nat(9))
      .map(([of, id]) => ({ method: 'PUT', address: `/employees?id=eq.${id}`, body: JSON.stringify({ ...of, id }) })),
  ],
);

/** Anything that HTTP lets through: mostly near what the dialect means, so that it goes deep. */
export const anyRequest: Arbitrary<AnyRequest> = fc
  .record({
    method: weighted(
      [30, oneOf('GET GET GET GET POST POST PATCH PUT DELETE HEAD OPTIONS')],
      [1, oneOf('PROPFIND X LOCK TRACE1')],
    ),
    address: fc.tuple(path, query).map(([at, asked]) => (asked === '' ? at : `${at}?${asked}`)),
    headers,
    body,
    pieces: weighted([4, fc.constant(0)], [1, fc.integer({ min: 1, max: 9 })]),
    fit: fitting,
  })
  .map(({ method, address, headers: named, body: sent, pieces, fit }) => {
    const chosen = { method, address, body: sent, ...fit };
    const typed = fit.type === undefined ? named : { ...named, 'content-type': fit.type };
    const carries = !['GET', 'HEAD'].includes(chosen.method);
    return { ...chosen, headers: typed, body: carries ? chosen.body : null, pieces: carries ? pieces : 0 };
  });
