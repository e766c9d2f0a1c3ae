import { describe, expect, test } from 'bun:test';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { mimeOf } from '../parse/media-type.ts';
import { parseRequest } from '../parse/request.ts';
import type { ApiRequest } from '../parse/types.ts';
import { parseSettings } from './request.ts';

/** What the client sends for a builder's call, as the parser reads it. */
async function sent(build: (client: SupabaseClient) => PromiseLike<unknown>): Promise<ApiRequest> {
  const seen: Request[] = [];
  const fetch = async (input: Request | string | URL, init?: RequestInit): Promise<Response> => {
    seen.push(input instanceof Request ? input : new Request(String(input), init));
    return Response.json([]);
  };
  const client = createClient('http://localhost', 'sb_publishable_x', {
    global: { fetch: Object.assign(fetch, { preconnect: () => undefined }) },
    auth: { persistSession: false, autoRefreshToken: false },
  });
  await build(client);
  const [request] = seen;
  if (request === undefined) throw new Error('nothing was sent');
  const { pathname, search } = new URL(request.url);
  const path = pathname.slice('/rest/v1'.length);
  const body = request.body === null ? null : await request.text();
  return parseRequest(
    { method: request.method, path, query: search.slice(1), headers: request.headers, body },
    { ...parseSettings, schemas: ['public', 'other'] },
  );
}

/** `column operator literal` of each filter, in order. */
const filtersOf = (request: ApiRequest): readonly string[] =>
  request.filters.map(({ path, field, negated, operation }) => {
    const name = [...path, field.name].join('.') + field.path.map((step) => step.arrow + step.value).join('');
    const operator = 'operator' in operation ? operation.operator : operation.kind;
    const quantifier = 'quantifier' in operation && operation.quantifier !== null ? `(${operation.quantifier})` : '';
    const value = 'slot' in operation ? JSON.stringify(request.literals[operation.slot]) : operation.value;
    return `${name} ${negated ? 'not ' : ''}${operator}${quantifier} ${value}`;
  });

const table = (client: SupabaseClient) => client.from('tickets').select();

const filters: readonly (readonly [filter: string, build: (client: SupabaseClient) => PromiseLike<unknown>])[] = [
  ['id eq "1"', (client) => table(client).eq('id', 1)],
  ['id neq "a b"', (client) => table(client).neq('id', 'a b')],
  ['id gt "1"', (client) => table(client).gt('id', 1)],
  ['id gte "1"', (client) => table(client).gte('id', 1)],
  ['id lt "1"', (client) => table(client).lt('id', 1)],
  ['id lte "1"', (client) => table(client).lte('id', 1)],
  ['n like "%a%"', (client) => table(client).like('n', '%a%')],
  ['n ilike "%a%"', (client) => table(client).ilike('n', '%a%')],
  ['n like(all) "{a%,%b}"', (client) => table(client).likeAllOf('n', ['a%', '%b'])],
  ['n ilike(any) "{a%,%b}"', (client) => table(client).ilikeAnyOf('n', ['a%', '%b'])],
  ['n is null', (client) => table(client).is('n', null)],
  ['n is true', (client) => table(client).is('n', true)],
  ['n in ["a","b,c","d(e)"]', (client) => table(client).in('n', ['a', 'b,c', 'd(e)'])],
  ['t cs "{a,b}"', (client) => table(client).contains('t', ['a', 'b'])],
  ['t cs "{\\"a\\":1}"', (client) => table(client).contains('t', { a: 1 })],
  ['t cd "{a}"', (client) => table(client).containedBy('t', ['a'])],
  ['r sr "[1,2)"', (client) => table(client).rangeGt('r', '[1,2)')],
  ['r nxl "[1,2)"', (client) => table(client).rangeGte('r', '[1,2)')],
  ['r sl "[1,2)"', (client) => table(client).rangeLt('r', '[1,2)')],
  ['r nxr "[1,2)"', (client) => table(client).rangeLte('r', '[1,2)')],
  ['r adj "[1,2)"', (client) => table(client).rangeAdjacent('r', '[1,2)')],
  ['t ov "{a}"', (client) => table(client).overlaps('t', ['a'])],
  ["s fts \"'a' & 'b'\"", (client) => table(client).textSearch('s', "'a' & 'b'")],
  ['s wfts "a b"', (client) => table(client).textSearch('s', 'a b', { type: 'websearch', config: 'english' })],
  ['n not is null', (client) => table(client).not('n', 'is', null)],
  ['n not in ["1","2"]', (client) => table(client).not('n', 'in', '(1,2)')],
  ['meta->>kind eq "x"', (client) => table(client).filter('meta->>kind', 'eq', 'x')],
  ['users.name eq "x"', (client) => table(client).eq('users.name', 'x')],
  ['n eq "ünï & co+%"', (client) => table(client).eq('n', 'ünï & co+%')],
];

describe('filters of supabase-js', () => {
  test.each(filters)('%s', async (filter, build) => expect(filtersOf(await sent(build))).toEqual([filter]));
});

describe('requests of supabase-js', () => {
  test('a page with embeds', async () => {
    const request = await sent((client) =>
      client
        .from('tickets')
        .select('id, title, author:users!author_id ( id, name ), comments (count)', { count: 'exact' })
        .or('status.eq.open,and(priority.gt.2,due.is.null)')
        .or('body.ilike.*x*', { referencedTable: 'comments' })
        .order('created_at', { ascending: false, nullsFirst: false })
        .order('id', { referencedTable: 'comments' })
        .range(10, 19)
        .limit(3, { referencedTable: 'comments' }),
    );
    expect(request.select.map((item) => item.kind)).toEqual(['field', 'field', 'relation', 'relation']);
    expect(request.select[2]).toMatchObject({ relation: 'users', alias: 'author', hint: 'author_id' });
    expect(request.range).toEqual({ limit: 10, offset: 10 });
    expect(request.embedRanges).toEqual([{ path: ['comments'], limit: 3, offset: 0 }]);
    expect(request.order.map(({ path }) => path)).toEqual([[], ['comments']]);
    expect(request.order[0]?.terms[0]).toMatchObject({ direction: 'desc', nulls: 'last' });
    expect(request.logic.map(({ path }) => path)).toEqual([[], ['comments']]);
    expect(request.preferences.count).toBe('exact');
  });

  test('one row, CSV, plans', async () => {
    const accept = async (build: (client: SupabaseClient) => PromiseLike<unknown>) =>
      (await sent(build)).accept.map(mimeOf);
    expect(await accept((client) => table(client).single())).toEqual(['application/vnd.pgrst.object+json']);
    expect(await accept((client) => table(client).csv())).toEqual(['text/csv']);
    expect(await accept((client) => table(client).geojson())).toEqual(['application/geo+json']);
    expect(await accept((client) => table(client).explain({ analyze: true, format: 'json' }))).toEqual([
      'application/vnd.pgrst.plan+json; for="application/json"; options=analyze',
    ]);
  });

  test('writes', async () => {
    const insert = await sent((client) =>
      client
        .from('tickets')
        .insert([{ a: 1, b: 2 }, { a: 3 }], { defaultToNull: false })
        .select(),
    );
    expect(insert).toMatchObject({
      action: { kind: 'mutate', mutation: 'insert' },
      payloadColumns: ['a', 'b'],
      preferences: { return: 'representation', missing: 'default' },
    });
    const upsert = await sent((client) =>
      client.from('tickets').upsert({ a: 1 }, { onConflict: 'a,b', ignoreDuplicates: true }),
    );
    expect(upsert).toMatchObject({ onConflict: ['a', 'b'], preferences: { resolution: 'ignore-duplicates' } });
    const update = await sent((client) => client.from('tickets').update({ a: 1 }, { count: 'planned' }).eq('id', 1));
    expect(update).toMatchObject({
      action: { mutation: 'update' },
      payloadColumns: ['a'],
      preferences: { count: 'planned' },
    });
    const remove = await sent((client) =>
      client.from('tickets').delete().eq('id', 1).setHeader('Prefer', 'handling=strict, max-affected=1'),
    );
    expect(remove).toMatchObject({
      action: { mutation: 'delete' },
      payload: null,
      preferences: { handling: 'strict', maxAffected: 1 },
    });
    const dry = await sent((client) => client.from('tickets').insert({ a: 1 }).rollback());
    expect(dry.preferences.tx).toBe('rollback');
  });

  test('calls', async () => {
    const post = await sent((client) => client.rpc('f', { a: 1, b: 'x' }));
    expect(post).toMatchObject({ action: { kind: 'call', invocation: 'post' }, payloadColumns: ['a', 'b'] });
    const get = await sent((client) => client.rpc('f', { a: 1, b: [1, 2] }, { get: true }));
    expect(get.params.map(({ name, slot }) => [name, get.literals[slot]])).toEqual([
      ['a', '1'],
      ['b', '{1,2}'],
    ]);
    const head = await sent((client) => client.rpc('f', { a: 1 }, { head: true }));
    expect(head.action).toMatchObject({ invocation: 'head' });
  });

  test('schemas', async () => {
    expect((await sent((client) => client.schema('other').from('tickets').select())).schema).toBe('other');
    expect((await sent((client) => client.schema('other').from('tickets').insert({ a: 1 }))).schema).toBe('other');
  });
});
