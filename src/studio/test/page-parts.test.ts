import { describe, expect, test } from 'bun:test';
import type { LiveRequest } from '../api/shapes.ts';
import { containing, listOf, partOf } from '../page/grid/filter.ts';
import { ROW, scrollTo, viewportOf } from '../page/grid/viewport.ts';
import { formatSql } from '../page/live/format.ts';
import { asCurl, asSupabase } from '../page/live/snippets.ts';
import { timeOf } from '../page/sql/shape.ts';
import { mergePatch, pathChanges } from '../page/stage/merge-patch.ts';
import { arrayText, type Cells, csvOf, readCells, tsvOf } from '../page/transfer/format.ts';

describe('times as Postgres prints them', () => {
  const at = (text: string) => Date.parse(text) / 1_000;
  for (const [text, seconds] of [
    ['2026-11-21 00:00:00+00', at('2026-11-21T00:00:00Z')],
    ['2026-11-21 03:04:05.678901-05', at('2026-11-21T08:04:05.678Z')],
    ['2026-11-21 00:00:00+05:45', at('2026-11-20T18:15:00Z')],
    ['2026-11-21 12:00:00', at('2026-11-21T12:00:00')],
    ['2026-11-21', at('2026-11-21T00:00:00')],
    ['infinity', null],
    ['0044-03-15 00:00:00+00 BC', null],
  ] as const) {
    test(text, () => expect(timeOf(text)).toBe(seconds));
  }
});

describe('the viewport', () => {
  for (const rows of [0, 1, 100, 1_000_000, 50_000_000]) {
    test(`shows the first and the last of ${rows} rows, drawn where they are seen`, () => {
      const visible = 600;
      const top = viewportOf(rows, 0, visible);
      expect(top.first).toBe(0);
      const atEnd = viewportOf(rows, Math.max(0, top.height - visible), visible);
      expect(atEnd.last).toBe(rows);
      const drawn = atEnd.shift + (rows - 1 - atEnd.base) * ROW + ROW;
      expect(Math.abs(drawn - Math.min(top.height, rows * ROW))).toBeLessThan(1);
      expect(atEnd.last - atEnd.first).toBeLessThan(60);
    });
  }

  test('moves no more than it must to show a row', () => {
    expect(scrollTo(3, 1_000, 0, 600)).toBe(0);
    const down = scrollTo(500_000, 1_000_000, 0, 600);
    const { first, last } = viewportOf(1_000_000, down, 600);
    expect(first).toBeLessThan(500_000);
    expect(last).toBeGreaterThan(500_000);
  });
});

describe('text anywhere', () => {
  for (const [text, pattern] of [
    ['abc', '*abc*'],
    ['100%', '*100\\%*'],
    ['a_b\\c', '*a\\_b\\\\c*'],
    ['', '**'],
  ] as const) {
    test(`${text} is the pattern ${pattern}, and back`, () => {
      expect(containing(text)).toBe(pattern);
      expect(partOf(pattern)).toBe(text);
    });
  }
  for (const pattern of ['abc', 'abc*', '*a%*', '*a_*'])
    test(`${pattern} is a pattern of its own`, () => expect(partOf(pattern)).toBeUndefined());

  test('lists have commas between, or quotes around', () => {
    expect(listOf('a, "b, c" ,, "say \\"x\\"", ""')).toEqual(['a', 'b, c', 'say "x"', '']);
  });
});

describe('cells', () => {
  const rows: readonly Cells[] = [
    ['id', 'text'],
    ['1', null],
    ['2', ''],
    ['3', 'a,b\tc'],
    ['4', 'say "x"\ntwice'],
  ];
  test('go through CSV and back', () => expect(readCells(csvOf(rows), ',')).toEqual(rows));
  test('go through a spreadsheet and back, where nothing is nothing', () => {
    expect(readCells(tsvOf(rows), '\t')).toEqual(rows.with(2, ['2', null]));
  });
  const pasted: readonly { text: string; cells: readonly Cells[] }[] = [
    // a line's end after the last line is none of its own
    { text: 'a\r\nb\r\n', cells: [['a'], ['b']] },
    { text: '\t\n', cells: [[null, null]] },
    { text: '"half', cells: [['"half']] },
    { text: '"a" b', cells: [['"a" b']] },
  ];
  for (const { text, cells } of pasted) test(JSON.stringify(text), () => expect(readCells(text, '\t')).toEqual(cells));
  test('arrays are written as Postgres reads them', () => {
    expect(arrayText(['a', 'b,c', null, 'NULL', '', 1, true, ['x'], { k: 'v' }])).toBe(
      '{a,"b,c",NULL,"NULL","",1,true,{x},"{\\"k\\":\\"v\\"}"}',
    );
  });
});

describe('merge patches', () => {
  const cases: readonly { from: unknown; to: unknown; patch: unknown }[] = [
    { from: { a: 1, b: 2 }, to: { a: 1, b: 3 }, patch: { b: 3 } },
    { from: { a: { b: 1, c: 2 } }, to: { a: { b: 1 } }, patch: { a: { c: null } } },
    { from: {}, to: { a: { b: 1 } }, patch: { a: { b: 1 } } },
    { from: { a: [1] }, to: { a: [1, null] }, patch: { a: [1, null] } },
    { from: { a: 1 }, to: { a: { b: 1 } }, patch: { a: { b: 1 } } },
    { from: { a: 1 }, to: { a: null }, patch: null },
    { from: {}, to: { a: { b: null } }, patch: null },
    { from: [1], to: [2], patch: null },
    { from: { a: 1 }, to: { a: 1 }, patch: {} },
  ];
  for (const { from, to, patch } of cases) {
    test(`${JSON.stringify(from)} to ${JSON.stringify(to)}`, () =>
      expect(mergePatch(from, to)).toEqual(patch as Record<string, unknown> | null));
  }

  test('say what they do, path by path', () => {
    expect(pathChanges({ a: { b: 1, c: null }, d: {} })).toEqual([
      { path: ['a', 'b'], value: 1 },
      { path: ['a', 'c'], value: undefined },
      { path: ['d'], value: {} },
    ]);
  });
});

describe('a request as code', () => {
  const request: LiveRequest = {
    kind: 'request',
    own: false,
    seq: 1,
    id: 'r',
    method: 'GET',
    url: '/rest/v1/orders',
    status: 200,
    startedAt: 0,
    took: 1,
    stages: [],
    headers: {},
    body: null,
    answer: null,
  };
  const cases: readonly { name: string; request: Partial<LiveRequest>; code: string }[] = [
    {
      name: 'a read',
      request: { url: '/rest/v1/orders?select=id&limit=3&offset=6' },
      code: ".select('id')\n  .range(6, 8)",
    },
    { name: 'lists', request: { url: '/rest/v1/orders?id=in.(1,2)' }, code: ".in('id', [1,2])" },
    { name: 'null', request: { url: '/rest/v1/orders?id=is.null' }, code: ".is('id', null)" },
    { name: 'other operators', request: { url: '/rest/v1/orders?a=not.eq.1' }, code: ".filter('a', 'not', 'eq.1')" },
    { name: 'an insert', request: { method: 'POST', body: '{"a":1}' }, code: '.insert({"a":1})' },
    {
      name: 'a call',
      request: { url: '/rest/v1/rpc/sum', method: 'POST', body: '{"a":1}' },
      code: `.rpc('sum', {"a":1})`,
    },
    { name: 'one row', request: { headers: { accept: 'application/vnd.pgrst.object+json' } }, code: '.single()' },
  ];
  for (const { name, request: more, code } of cases) {
    test(`${name} with supabase-js`, () => expect(asSupabase({ ...request, ...more })).toContain(code));
  }

  test('with curl, quoted for a shell', () => {
    const patch = { ...request, method: 'PATCH', body: `{"title":"it's"}`, headers: { prefer: 'return=minimal' } };
    expect(asCurl(patch, 'http://localhost:3000')).toBe(
      `curl -X PATCH 'http://localhost:3000/rest/v1/orders' \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'prefer: return=minimal' \\
  --data '{"title":"it'\\''s"}'`,
    );
  });
});

test('a long statement is broken at its clauses, and never inside a constant', () => {
  const sql = "SELECT a, b FROM orders WHERE title = 'take from where it is' AND id IN (SELECT 1) ORDER BY a";
  expect(formatSql(sql)).toBe(
    "SELECT a, b\nFROM orders\nWHERE title = 'take from where it is' AND id IN (SELECT 1)\nORDER BY a",
  );
});
