import { describe, expect, test } from 'bun:test';
import type { OrderTerm } from '../parse/types.ts';
import { read, refusal } from './request.ts';

const showTerm = ({ relation, field, direction, nulls }: OrderTerm): string => {
  const path = field.path.map((step) => `${step.arrow}${step.value}`).join('');
  const name = relation === null ? field.name + path : `${relation}(${field.name}${path})`;
  return [name, direction, nulls === null ? null : `nulls ${nulls}`].filter((part) => part !== null).join(' ');
};

describe('order', () => {
  const cases: readonly (readonly [query: string, shown: string])[] = [
    ['order=id', 'id'],
    ['order=id.asc,name.desc', 'id asc, name desc'],
    ['order=id.desc.nullslast, name.nullsfirst', 'id desc nulls last, name nulls first'],
    ['order=data->>a.desc', 'data->>a desc'],
    ['order=data->0.desc', 'data->+0 desc'],
    ['order=clients(name).desc.nullsfirst', 'clients(name) desc nulls first'],
    ['order=clients(data->a)', 'clients(data->a)'],
    ['order="odd.name".asc', 'odd.name asc'],
    ['order=updated_at.desc', 'updated_at desc'],
  ];
  test.each(cases)('%s', (query, shown) => {
    expect(read(`/t?${query}`).order.map(({ terms }) => terms.map(showTerm).join(', '))).toEqual([shown]);
  });

  test('has a level', () => {
    expect(read('/t?a.b.order=id&order=x').order.map(({ path }) => path)).toEqual([['a', 'b'], []]);
  });
});

describe('limit, offset and Range', () => {
  const rows = (limit: number | null, offset: number) => ({ limit, offset });
  const cases: readonly (readonly [query: string, header: string | undefined, range: object])[] = [
    ['', undefined, rows(null, 0)],
    ['limit=5', undefined, rows(5, 0)],
    ['limit=5&offset=10', undefined, rows(5, 10)],
    ['offset=10', undefined, rows(null, 10)],
    ['limit=0', undefined, rows(0, 0)],
    ['limit=nonsense', undefined, rows(null, 0)],
    ['limit=(5)&offset=((%201))', undefined, rows(5, 1)],
    ['limit=(5', undefined, rows(null, 0)],
    ['limit=0x10', undefined, rows(16, 0)],
    ['limit=0b11', undefined, rows(null, 0)],
    ['limit=', undefined, rows(null, 0)],
    ['offset=-3', undefined, rows(null, 0)],
    ['limit=5&offset=-3', undefined, rows(2, 0)],
    ['', '0-9', rows(10, 0)],
    ['', '10-', rows(null, 10)],
    ['', '5-5', rows(1, 5)],
    ['', 'rows=0-9', rows(null, 0)],
    ['limit=5', '2-9', rows(3, 2)],
    ['limit=0', '2-9', rows(0, 0)],
    ['limit=9007199254740993', undefined, rows(2 ** 52, 0)],
    ['limit=9223372036854775807', undefined, rows(2 ** 52, 0)],
    ['limit=99999999999999999999', undefined, rows(1e20, 0)],
    [`offset=${'9'.repeat(400)}`, undefined, { limit: null, offset: 1e30 }],
  ];
  test.each(cases)('%s %s', (query, header, range) => {
    expect(read(`/t?${query}`, { headers: header === undefined ? {} : { range: header } }).range).toEqual(
      range as never,
    );
  });

  test('the header counts for GET alone', () => {
    expect(read('/t', { method: 'HEAD', headers: { range: '0-1' } }).range.limit).toBeNull();
  });

  test('embeds have their own', () => {
    const { embedRanges, range } = read('/t?a.limit=2&a.offset=4&a.b.offset=1&c.limit=-1');
    expect(range.limit).toBeNull();
    expect(embedRanges).toEqual([
      { path: ['a'], limit: 2, offset: 4 },
      { path: ['c'], limit: -1, offset: 0 },
      { path: ['a', 'b'], limit: null, offset: 1 },
    ]);
  });

  const refused: readonly (readonly [query: string, header: string | undefined, details: string])[] = [
    ['limit=-1', undefined, 'Limit should be greater than or equal to zero.'],
    ['limit=x&offset=5', undefined, 'Limit should be greater than or equal to zero.'],
    ['', '5-2', 'The lower boundary must be lower than or equal to the upper boundary in the Range header.'],
  ];
  test.each(refused)('refuses %s %s', (query, header, details) => {
    const error = refusal(`/t?${query}`, { headers: header === undefined ? {} : { range: header } });
    expect(error).toMatchObject({ status: 416, code: 'PGRST103', message: 'Requested range not satisfiable', details });
  });

  test('PUT takes none', () => {
    expect(refusal('/t?limit=1', { method: 'PUT', body: '{}' })).toMatchObject({ status: 400, code: 'PGRST114' });
  });
});

describe('columns and on_conflict', () => {
  test('are names', () => {
    const request = read('/t?columns=a, "b,c",a&on_conflict=x,y', { method: 'POST', body: '[]' });
    expect(request.columns).toEqual(['a', 'b,c']);
    expect(request.onConflict).toEqual(['x', 'y']);
    expect(request.payloadColumns).toEqual(['a', 'b,c']);
  });

  test('are null where absent', () => {
    expect(read('/t')).toMatchObject({ columns: null, onConflict: null });
  });
});

describe('cursor', () => {
  test('is a filter unless the preference says otherwise', () => {
    expect(read('/t?cursor=eq.1').filterNames).toEqual(['cursor']);
    const request = read('/t?cursor=abc', { headers: { prefer: 'cursor' } });
    expect(request).toMatchObject({ cursor: 'abc', filterNames: [] });
  });
});

describe('the canonical query', () => {
  const cases: readonly (readonly [query: string, canonical: string])[] = [
    ['', ''],
    ['a=1&c=3&b=2&d', 'a=1&b=2&c=3&d='],
    ['b=2&a=1&b=3', 'a=1&b=2,3'],
    ['select=*,x(y)', 'select=%2A%2Cx%28y%29'],
    ['n=eq.a%20b', 'n=eq.a%20b'],
  ];
  test.each(cases)('%s', (query, canonical) => expect(read(`/rpc/f?${query}`).canonicalQuery()).toBe(canonical));
});

describe('the shape', () => {
  const shape = (query: string): string => read(`/t?${query}`).shape;
  const same: readonly (readonly [string, string])[] = [
    ['id=eq.1', 'id=eq.2'],
    ['id=in.(1,2)', 'id=in.(3)'],
    ['or=(a.eq.1,b.in.(1,2))', 'or=(a.eq."x,y",b.in.(3))'],
    ['limit=1023', 'limit=567'],
    ['limit=5&offset=1', 'limit=5&offset=2'],
  ];
  test.each(same)('%s is as %s', (a, b) => expect(shape(a)).toBe(shape(b)));

  const different: readonly (readonly [string, string])[] = [
    ['id=eq.1', 'id=neq.1'],
    ['id=eq.1', 'id=not.eq.1'],
    ['id=eq.1', 'it=eq.1'],
    ['id=eq.1', 'id=eq(any).1'],
    ['id=is.null', 'id=is.true'],
    ['s=fts(german).a', 's=fts(english).a'],
    ['limit=5', 'offset=5'],
    ['limit=5', 'limit=6'],
    ['limit=5', ''],
    ['or=(a.eq.1,b.eq.2)', 'and=(a.eq.1,b.eq.2)'],
    ['or=(a.eq.1,b.eq.2)', 'or=(a.eq.1,b.eq.2,c.eq.3)'],
    ['select=a', 'select=b'],
    ['select=a', 'columns=a'],
    ['order=a', 'a.order=a'],
  ];
  test.each(different)('%s is not as %s', (a, b) => expect(shape(a)).not.toBe(shape(b)));
});
