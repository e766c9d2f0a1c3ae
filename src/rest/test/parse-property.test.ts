import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { isDialectError } from '../errors/dialect-error.ts';
import * as grammar from '../parse/diagnosis/grammar.ts';
import { ConditionBudget, ConditionScanner } from '../parse/filter.ts';
import { scanLogicPlace, scanNames, scanPlace } from '../parse/names.ts';
import { scanOrder } from '../parse/order.ts';
import { type ParseSettings, parseRequest } from '../parse/request.ts';
import { Literals, refused } from '../parse/scanner.ts';
import { scanSelect } from '../parse/select.ts';
import { parseSettings } from './request.ts';

/** More in the long run of the suite. */
const runs = Number(process.env.HUTCH_TEST_RUNS ?? 2_000);

/** Texts near the grammar: its words and signs, put together at random, with some noise. */
const nearGrammar = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom(
          ...'a b id count not and or in is eq any all left inner sum null true asc desc nullsfirst nullslast fts isdistinct like'.split(
            ' ',
          ),
        ),
      },
      {
        weight: 8,
        arbitrary: fc.constantFrom(
          ...'. , ( ) : :: ! - -> ->> * " \\ { } ... () . ( ) , . = & %'.split(' '),
          ' ',
          '\t',
        ),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom('é', '日', '😀', '\n', '0', '12', '-3', '\u0000', '+', '%41', '%ff', ';'),
      },
      { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''));

/** Valid texts of every rule, for small damage. */
const samples = [
  'id,a:b->c->>0::text,count(),n.sum()::int,c:rel!fk!inner(*,...x!left(y)),"q,\\"x"(z)',
  '...clients!inner(id,b:c(d)),e::text.max()',
  'a.desc.nullslast, rel(b->c).asc,"d.e".nullsfirst',
  'a,b-c,"d,e"',
  'a."b.c".d->e->>-1',
  'x.not.or',
  'not.eq(any).{1,2}',
  'in.("a,b",c,"d\\"e")',
  'not.fts(english).cat & dog',
  'is.not_null',
  'isdistinct.x',
  'or(a.eq.1,not.and(b->>c.in.(x,"y,z"),d.is.null),e.not.like(all).{f*,g},h.cs.{1,2})',
  'and(not.or(a.fts(german).x,b.gte."1,2"),c.isdistinct.3)',
];

/** A valid text with a few characters gone, changed, or put in. */
const damaged = fc
  .tuple(
    fc.constantFrom(...samples),
    fc.array(fc.tuple(fc.nat(120), fc.nat(2), fc.constantFrom(...'.,():!->*"\\{}& aé0')), { maxLength: 3 }),
  )
  .map(([sample, damages]) =>
    damages.reduce((text, [at, removed, put]) => text.slice(0, at) + put + text.slice(at + removed), sample),
  );

const anyText = fc.oneof(nearGrammar, damaged);

const condition = (text: string, nested: boolean) =>
  new ConditionScanner(text, new Literals(), new ConditionBudget(), nested);

const rules: readonly (readonly [name: string, scans: (text: string) => unknown, parser: typeof grammar.select])[] = [
  ['select', scanSelect, grammar.select],
  ['order', scanOrder, grammar.order],
  ['names', scanNames, grammar.names],
  ['places', scanPlace, grammar.place],
  ['logic places', scanLogicPlace, grammar.logicPlace],
  ['filters', (text) => condition(text, false).expression(), grammar.filter],
  ['logic trees', (text) => condition(text, true).tree(0), grammar.logicTree],
];

describe('the scanners accept what the grammar of the diagnosis accepts', () => {
  test.each(rules)('%s', (_name, scans, parser) => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect([text, scans(text) !== refused]).toEqual([text, parser(text, 0).ok]);
      }),
      { numRuns: runs },
    );
  });

  test('arguments, too, are told from filters alike', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const scanner = condition(text, false);
        const accepted = scanner.expression() !== refused || !scanner.consumed;
        expect([text, accepted]).toEqual([text, grammar.filterOrArgument(text, 0).ok]);
      }),
      { numRuns: runs },
    );
  });
});

const settings: ParseSettings = parseSettings;

/** Header values as HTTP lets them through. */
const headerValue = fc.oneof(
  nearGrammar.map((text) => text.replace(/[^\x20-\x7e]/g, '')),
  fc.string({ maxLength: 40 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
);

const headers = fc.dictionary(
  fc.constantFrom(
    'accept',
    'prefer',
    'range',
    'content-type',
    'accept-profile',
    'content-profile',
    'if-match',
    'cookie',
    'x-a',
  ),
  fc.oneof(
    headerValue,
    fc.constantFrom(
      'application/json',
      'text/csv',
      'application/x-www-form-urlencoded',
      'application/merge-patch+json',
      'application/vnd.hutch.batch+json',
      'application/vnd.pgrst.plan;for="a/b"',
      'count=exact, cursor',
      '0-5',
      '9-1',
    ),
  ),
);

const query = fc
  .array(
    fc.tuple(
      fc.oneof(
        nearGrammar,
        fc.constantFrom(
          'select',
          'order',
          'or',
          'and',
          'not.or',
          'limit',
          'a.limit',
          'offset',
          'columns',
          'on_conflict',
          'id',
        ),
      ),
      anyText,
    ),
    { maxLength: 5 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));

const body = fc.oneof(
  fc.constant(null),
  fc.json(),
  fc.string(),
  fc.uint8Array({ maxLength: 60 }),
  fc
    .array(fc.dictionary(fc.constantFrom('a', 'b', '$ref', 'method', 'path'), fc.jsonValue()))
    .map((rows) => JSON.stringify(rows)),
);

describe('any request', () => {
  test('is read, or refused with an error of the dialect', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'),
        fc.oneof(
          fc.constantFrom('/t', '/rpc/f', '/', '/a/b'),
          fc.string().map((text) => `/${text}`),
        ),
        query,
        headers,
        body,
        (method, path, search, given, sent) => {
          try {
            const request = parseRequest(
              { method, path, query: search, headers: new Headers(given), body: sent },
              settings,
            );
            expect(typeof request.shape + typeof request.canonicalQuery()).toBe('stringstring');
          } catch (error) {
            if (!isDialectError(error)) throw error;
            expect(error.status).toBeWithin(400, 500);
          }
        },
      ),
      { numRuns: runs },
    );
  });

  test('of the same shape has the same tree', () => {
    const structure = (search: string): readonly [string, string] | undefined => {
      try {
        const request = parseRequest(
          { method: 'GET', path: '/t', query: search, headers: new Headers(), body: null },
          settings,
        );
        const { filters, logic, order, select, embedRanges, columns } = request;
        const levels = embedRanges.map((range) => [range.path, range.limit === null, range.offset === 0]);
        return [request.shape, JSON.stringify([filters, logic, order, select, columns, levels])];
      } catch {
        return undefined;
      }
    };
    const trees = new Map<string, string>();
    fc.assert(
      fc.property(query, (search) => {
        const [shape, tree] = structure(search) ?? [];
        if (shape === undefined || tree === undefined) return;
        expect([search, trees.get(shape) ?? tree]).toEqual([search, tree]);
        trees.set(shape, tree);
      }),
      { numRuns: runs },
    );
  });
});

describe('time grows with the length, no faster', () => {
  /** Texts that cost a careless parser the square of their length, or worse. */
  const hostile: readonly (readonly [name: string, query: (size: number) => string])[] = [
    ['aliases', (size) => `select=${'a:'.repeat(size)}`],
    ['quotes', (size) => `select=${'"a'.repeat(size)}`],
    ['open quotes in a list', (size) => `a=in.(${'"x,'.repeat(size)}`],
    ['braces in logic', (size) => `or=(a.eq.${'{'.repeat(size)})`],
    ['negations', (size) => `or=(${'not.'.repeat(size)}`],
    ['arrows', (size) => `select=a${'->b'.repeat(size)}`],
    ['blanks', (size) => `select=${' '.repeat(size)}!`],
    ['dashes', (size) => `order=${'a-'.repeat(size)}`],
    ['backslashes', (size) => `or=(a.eq."${'\\'.repeat(size)})`],
    ['percent signs', (size) => `a=eq.${'%'.repeat(size)}`],
    ['dots', (size) => `${'a.'.repeat(size)}=eq.1`],
  ];
  /** Processor time in milliseconds, the least of a few: what else the machine does then hardly counts. */
  const cost = (search: string): number => Math.min(...Array.from({ length: 4 }, () => once(search)));
  const once = (search: string): number => {
    const start = process.cpuUsage();
    try {
      parseRequest({ method: 'GET', path: '/t', query: search, headers: new Headers(), body: null }, settings);
    } catch (error) {
      if (!isDialectError(error)) throw error;
    }
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };
  test.each(hostile)('%s', (_name, make) => {
    const short = cost(make(15_000));
    // Four times the length: linear is 4 times the cost, the square 16 times.
    expect(cost(make(60_000))).toBeLessThan(10 * short + 40);
  });
});
