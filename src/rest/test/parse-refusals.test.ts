import { describe, expect, test } from 'bun:test';
import { limits } from '../parse/limits.ts';
import { refusal } from './request.ts';

/** What clients are told of malformed parameters: the place in the message, what was expected in the details. */
const malformed: readonly (readonly [query: string, message: string, details: string])[] = [
  ['id=val', 'filter (val)" (line 1, column 1)', 'unexpected "v" expecting "not" or operator (eq, gt, ...)'],
  ['a.b=noop.0', 'filter (noop.0)" (line 1, column 1)', 'unexpected "o" expecting "not" or operator (eq, gt, ...)'],
  ['s=fts().x', 'filter (fts().x)" (line 1, column 5)', 'unexpected ")" expecting operator (eq, gt, ...)'],
  ['s=eq().x', 'filter (eq().x)" (line 1, column 4)', 'unexpected ")" expecting operator (eq, gt, ...)'],
  ['s=is().x', 'filter (is().x)" (line 1, column 3)', 'unexpected "(" expecting operator (eq, gt, ...)'],
  [
    's=is.x',
    'filter (is.x)" (line 1, column 4)',
    'unexpected "x" expecting isVal: (null, not_null, true, false, unknown)',
  ],
  ['s=in.x', 'filter (in.x)" (line 1, column 4)', 'unexpected "x" expecting "("'],
  ['s=in.(x', 'filter (in.(x)" (line 1, column 6)', 'unexpected end of input expecting "," or ")"'],
  ['s=', 'filter ()" (line 1, column 1)', 'unexpected end of input expecting "not" or operator (eq, gt, ...)'],
  ['!=eq.1', 'tree path (!)" (line 1, column 1)', 'unexpected "!" expecting field name (* or [a..z0..9_$])'],
  [
    'select=name!hint',
    'select parameter (name!hint)" (line 1, column 5)',
    'unexpected \'!\' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input',
  ],
  [
    'select=name::',
    'select parameter (name::)" (line 1, column 7)',
    'unexpected end of input expecting letter or digit',
  ],
  [
    'select=id,clients(name[])',
    'select parameter (id,clients(name[]))" (line 1, column 16)',
    'unexpected \'[\' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input',
  ],
  [
    'select=data->>-78xy',
    'select parameter (data->>-78xy)" (line 1, column 11)',
    'unexpected \'x\' expecting digit, "->", "::", ".", "," or end of input',
  ],
  [
    'order=a->b(',
    'order (a->b()" (line 1, column 5)',
    'unexpected \'(\' expecting "-", "->>", "->", delimiter (.), "," or end of input',
  ],
  ['order=', 'order ()" (line 1, column 1)', 'unexpected end of input expecting field name (* or [a..z0..9_$])'],
  [
    'order=id.ac',
    'order (id.ac)" (line 1, column 4)',
    'unexpected "c" expecting "asc", "desc", "nullsfirst" or "nullslast"',
  ],
  [
    'order=id.descc',
    'order (id.descc)" (line 1, column 8)',
    'unexpected \'c\' expecting delimiter (.), "," or end of input',
  ],
  [
    'order=id.nullslasttt',
    'order (id.nullslasttt)" (line 1, column 13)',
    'unexpected \'t\' expecting "," or end of input',
  ],
  [
    'order=id.asc.nlsfst',
    'order (id.asc.nlsfst)" (line 1, column 8)',
    'unexpected "l" expecting "nullsfirst" or "nullslast"',
  ],
  [
    'order=clients(name,id)',
    'order (clients(name,id))" (line 1, column 8)',
    'unexpected \'(\' expecting letter, digit, "-", "->>", "->", delimiter (.), "," or end of input',
  ],
  [
    'or=()',
    'logic tree (())" (line 1, column 4)',
    'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)',
  ],
  ['or=(id.in.1,2,id.eq.3)', 'logic tree ((id.in.1,2,id.eq.3))" (line 1, column 10)', 'unexpected "1" expecting "("'],
  ['or=)(', 'logic tree ()()" (line 1, column 3)', 'unexpected ")" expecting "("'],
  [
    'or=(id.eq.1,not.xor(id.eq.2))',
    'logic tree ((id.eq.1,not.xor(id.eq.2)))" (line 1, column 16)',
    'unexpected "x" expecting logic operator (and, or)',
  ],
  [
    'columns=',
    'columns parameter ()" (line 1, column 1)',
    'unexpected end of input expecting field name (* or [a..z0..9_$])',
  ],
  [
    'on_conflict=:',
    'on_conflict parameter (:)" (line 1, column 1)',
    'unexpected ":" expecting field name (* or [a..z0..9_$])',
  ],
  ['%22a.limit=1', 'tree path ("a.limit)" (line 1, column 9)', 'unexpected end of input expecting "\\\\" or "\\""'],
];

describe('malformed parameters', () => {
  test.each(malformed)('%s', (query, message, details) => {
    expect(refusal(`/t?${query}`)).toMatchObject({
      status: 400,
      code: 'PGRST100',
      message: `"failed to parse ${message}`,
      details,
      hint: null,
    });
  });

  test('what is longer than its mistake is worth is only refused', () => {
    const long = (length: number) => `/t?select=${'a-'.repeat(length / 2)}`;
    const near = refusal(long(limits.diagnosed));
    expect(near).toMatchObject({ code: 'PGRST100', details: 'unexpected end of input expecting ">", letter or digit' });
    const details = `Where it goes wrong is looked for in texts of up to ${limits.diagnosed} characters`;
    expect(refusal(long(limits.diagnosed + 2))).toMatchObject({ status: 400, code: 'PGRST100', details });
  });

  test('an argument that begins like a filter must be one', () => {
    expect(refusal('/rpc/f?a=in.x')).toMatchObject({ code: 'PGRST100' });
    expect(refusal('/rpc/f?a=not.x')).toMatchObject({ code: 'PGRST100' });
  });

  test('NUL is what Postgres says it is', () => {
    expect(refusal('/t?a=eq.%00')).toMatchObject({ status: 400, code: '22021' });
    expect(refusal('/t%00')).toMatchObject({ status: 400, code: '22021' });
  });
});

describe('limits', () => {
  const nested = (open: string, depth: number): string => `${open.repeat(depth)}x${')'.repeat(depth)}`;
  const many = (text: string, count: number): string => Array.from({ length: count }, () => text).join(',');
  const cases: readonly (readonly [name: string, query: string])[] = [
    ['embed depth', `select=${nested('a(', limits.embedDepth + 1)}`],
    ['embeds', `select=${many('a(b)', limits.embeds + 1)}`],
    ['select items', `select=${many('a', limits.selectItems + 1)}`],
    ['condition depth', `or=(${'and('.repeat(limits.conditionDepth)}a.eq.1${')'.repeat(limits.conditionDepth)})`],
    ['conditions', `or=(${many('a.eq.1', limits.conditions + 1)})`],
    ['list elements', `a=in.(${many('1', limits.listElements + 1)})`],
    ['order terms', `order=${many('a', limits.orderTerms + 1)}`],
    ['parameters', Array.from({ length: limits.parameters + 1 }, () => 'a=eq.1').join('&')],
    ['JSON depth of a value', `a=eq.${'['.repeat(limits.jsonDepth + 1)}`],
    ['JSON depth of an element', `or=(a.cs."${'['.repeat(limits.jsonDepth + 1)}",b.eq.1)`],
    ['query length', `a=eq.${'x'.repeat(limits.queryLength)}`],
  ];
  test.each(cases)('%s', (_name, query) => {
    expect(refusal(`/t?${query}`)).toMatchObject({ status: 400, code: 'HUTCH100' });
  });
});
