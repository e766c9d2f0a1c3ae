// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a path refers to an earlier result
import { describe, expect, test } from 'bun:test';
import { parseBatch, resolveOperation } from '../parse/batch.ts';
import { limits } from '../parse/limits.ts';
import { read } from './request.ts';

const parse = (operations: unknown) => parseBatch(JSON.stringify({ operations }));

const two = [
  {
    name: 'ticket',
    method: 'POST',
    path: '/tickets',
    headers: { Prefer: 'return=representation' },
    body: { title: 'x' },
  },
  {
    method: 'PATCH',
    path: '/tickets?id=eq.${ticket/0/id}&tags=cs.{a,b}',
    body: { note: { $ref: 'ticket/0/a~1b' }, list: [{ $ref: 'ticket' }] },
  },
];

describe('a batch', () => {
  test('is a POST to the root with its media type', () => {
    const request = read('/', {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.hutch.batch+json' },
      body: JSON.stringify(two),
    });
    expect(request.action).toEqual({ kind: 'batch' });
    expect(request.payload).toMatchObject({ kind: 'batch', operations: [{ name: 'ticket' }, { uses: ['ticket'] }] });
  });

  test('refers to what came before', () => {
    const [, second] = parse(two);
    if (second === undefined) throw new Error('there are two');
    const result = [{ id: 'a b&c', 'a/b': null }];
    expect(resolveOperation(second, () => result)).toEqual({
      method: 'PATCH',
      path: '/tickets',
      query: 'id=eq.a%20b%26c&tags=cs.{a,b}',
      headers: {},
      body: JSON.stringify({ note: null, list: [result] }),
    });
    expect(() => resolveOperation(second, () => [])).toThrow("refers to 'ticket/0/id'");
    expect(() => resolveOperation(second, () => 'toString')).toThrow("refers to 'ticket/0/id'");
  });

  const refused: readonly (readonly [name: string, operations: unknown, code: string])[] = [
    ['no list', 7, 'HUTCH104'],
    ['no object', [7], 'HUTCH104'],
    ['an unknown method', [{ method: 'TRACE', path: '/' }], 'HUTCH104'],
    ['no path', [{ method: 'GET' }], 'HUTCH104'],
    ['a relative path', [{ method: 'GET', path: 'x' }], 'HUTCH104'],
    ['a name twice', [two[0], two[0]], 'HUTCH104'],
    ['an odd name', [{ name: 'a/b', method: 'GET', path: '/x' }], 'HUTCH104'],
    ['a header with a line break', [{ method: 'GET', path: '/x', headers: { a: 'b\nc' } }], 'HUTCH104'],
    ['a reference to nothing', [{ method: 'POST', path: '/x', body: { a: { $ref: 'y/0' } } }], 'HUTCH105'],
    ['a reference to itself', [{ name: 'x', method: 'GET', path: '/x?id=eq.${x/0}' }], 'HUTCH105'],
    ['too many', Array.from({ length: limits.batchOperations + 1 }, () => ({ method: 'GET', path: '/x' })), 'HUTCH100'],
  ];
  test.each(refused)('refuses %s', (_name, operations, code) => {
    expect(() => parse(operations)).toThrow(expect.objectContaining({ code, status: 400 }));
  });
});
