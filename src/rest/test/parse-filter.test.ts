import { describe, expect, test } from 'bun:test';
import type { ApiRequest, Filter, LogicTree, Operation } from '../parse/types.ts';
import { read } from './request.ts';

function showOperation(operation: Operation, request: ApiRequest): string {
  const literal = 'slot' in operation ? JSON.stringify(request.literals[operation.slot]) : '';
  switch (operation.kind) {
    case 'is':
      return `is ${operation.value}`;
    case 'search':
      return `${operation.operator}${operation.language === null ? '' : `/${operation.language}`} ${literal}`;
    case 'quantifiable':
      return `${operation.operator}${operation.quantifier === null ? '' : `/${operation.quantifier}`} ${literal}`;
    case 'simple':
      return `${operation.operator} ${literal}`;
    default:
      return `${operation.kind} ${literal}`;
  }
}

function showFilter(filter: Filter, request: ApiRequest): string {
  const path = filter.field.path.map((step) => `${step.arrow}${step.value}`).join('');
  return `${filter.field.name}${path} ${filter.negated ? 'not ' : ''}${showOperation(filter.operation, request)}`;
}

function showTree(tree: LogicTree, request: ApiRequest): string {
  if (tree.kind === 'filter') return showFilter(tree.filter, request);
  const children = tree.children.map((child) => showTree(child, request)).join(', ');
  return `${tree.negated ? 'not ' : ''}${tree.operator}(${children})`;
}

const at = (path: readonly string[]): string => path.map((level) => `${level}/`).join('');

function show(request: ApiRequest): string {
  const filters = request.filters.map((filter) => at(filter.path) + showFilter(filter, request));
  const logic = request.logic.map(({ path, tree }) => at(path) + showTree(tree, request));
  return [...filters, ...logic].join('; ');
}

const filters: readonly (readonly [query: string, filters: string])[] = [
  // every operator
  ['id=eq.1', 'id eq "1"'],
  ['id=neq.1', 'id neq "1"'],
  ['id=gt.1', 'id gt "1"'],
  ['id=gte.1', 'id gte "1"'],
  ['id=lt.1', 'id lt "1"'],
  ['id=lte.1', 'id lte "1"'],
  ['n=like.a*', 'n like "a*"'],
  ['n=ilike.*b', 'n ilike "*b"'],
  ['n=match.^a', 'n match "^a"'],
  ['n=imatch.^a', 'n imatch "^a"'],
  ['t=cs.{a,b}', 't cs "{a,b}"'],
  ['t=cd.{a}', 't cd "{a}"'],
  ['r=ov.[1,2)', 'r ov "[1,2)"'],
  ['r=sl.(1,2)', 'r sl "(1,2)"'],
  ['r=sr.(1,2)', 'r sr "(1,2)"'],
  ['r=nxr.(1,2)', 'r nxr "(1,2)"'],
  ['r=nxl.(1,2)', 'r nxl "(1,2)"'],
  ['r=adj.(1,2)', 'r adj "(1,2)"'],
  ['id=isdistinct.1', 'id isdistinct "1"'],
  ['d=is.null', 'd is null'],
  ['d=is.not_null', 'd is not_null'],
  ['d=is.TRUE', 'd is true'],
  ['d=is.False', 'd is false'],
  ['d=is.unknown', 'd is unknown'],
  ['d=is.nullish', 'd is null'],
  ['s=fts.cat', 's fts "cat"'],
  ['s=plfts(english).the cat', 's plfts/english "the cat"'],
  ['s=phfts(german).katze', 's phfts/german "katze"'],
  ['s=wfts.a or b', 's wfts "a or b"'],
  // modifiers
  ['id=not.eq.1', 'id not eq "1"'],
  ['id=eq(any).{1,2}', 'id eq/any "{1,2}"'],
  ['n=like(all).{a*,*b}', 'n like/all "{a*,*b}"'],
  ['n=not.ilike(any).{a}', 'n not ilike/any "{a}"'],
  ['s=not.fts(english).cat', 's not fts/english "cat"'],
  ['d=not.is.null', 'd not is null'],
  // lists
  ['id=in.(1,2,3)', 'id in ["1","2","3"]'],
  ['id=not.in.(1)', 'id not in ["1"]'],
  ['id=in.()', 'id in [""]'],
  ['n=in.("a,b","c)d",e)', 'n in ["a,b","c)d","e"]'],
  ['n=in.("say \\"hi\\"","x\\\\")', 'n in ["say \\"hi\\"","x\\\\"]'],
  ['n=in.("a"b,c)', 'n in ["\\"a\\"b","c"]'],
  ['n=in.( a, b)', 'n in ["a"," b"]'],
  ['n=in.(a,b)rest', 'n in ["a","b"]'],
  // values are the rest of the text
  ['n=eq.', 'n eq ""'],
  ['n=eq.a.b,c(d)', 'n eq "a.b,c(d)"'],
  ['n=eq."quoted"', 'n eq "\\"quoted\\""'],
  ['n=eq.a%20b%2Bc+d', 'n eq "a b+c d"'],
  ['n=eq.100%', 'n eq "100%"'],
  ['n=eq.%zz%41', 'n eq "%zzA"'],
  ['n=eq.%ff', 'n eq "\ufffd"'],
  ['n=eq.日本', 'n eq "日本"'],
  // names
  ['a.b.c=eq.1', 'a/b/c eq "1"'],
  ['data->a->>b=eq.1', 'data->a->>b eq "1"'],
  ['data->0=eq.1', 'data->+0 eq "1"'],
  ['"odd.name"=eq.1', 'odd.name eq "1"'],
  ['c.data->>x=gt.1', 'c/data->>x gt "1"'],
  ['id=gte.1&id=lte.9', 'id gte "1"; id lte "9"'],
  ['a=eq.1;b=eq.2', 'a eq "1"; b eq "2"'],
  ['clients=is.null', 'clients is null'],
  // what has no value is no filter
  ['id&x=eq.1', 'x eq "1"'],
];

const logic: readonly (readonly [query: string, tree: string])[] = [
  ['or=(a.eq.1,b.eq.2)', 'or(a eq "1", b eq "2")'],
  ['and=(a.eq.1,b.eq.2)', 'and(a eq "1", b eq "2")'],
  ['not.or=(a.eq.1,b.eq.2)', 'not or(a eq "1", b eq "2")'],
  ['or=( a.eq.1 , b.eq.2 )', 'or(a eq "1 ", b eq "2 ")'],
  [
    'or=(a.eq.1,and(b.gt.2,not.or(c.is.null,d.in.(x,"y,z"))))',
    'or(a eq "1", and(b gt "2", not or(c is null, d in ["x","y,z"])))',
  ],
  ['or=(a.not.eq.1,b.not.in.(1,2))', 'or(a not eq "1", b not in ["1","2"])'],
  ['or=(t.cs.{a,b},r.ov."[1,2)")', 'or(t cs "{a,b}", r ov "[1,2)")'],
  ['or=(n.eq."a\\"b,c",m.eq.x)', 'or(n eq "a\\"b,c", m eq "x")'],
  ['or=(data->>a.eq.1,data->0->>b.gt.2)', 'or(data->>a eq "1", data->+0->>b gt "2")'],
  ['or=(s.fts(english).cat,n.like(any).{a*,b*})', 'or(s fts/english "cat", n like/any "{a*,b*}")'],
  ['clients.or=(a.eq.1,b.eq.2)', 'clients/or(a eq "1", b eq "2")'],
  ['clients.projects.not.and=(a.eq.1,b.eq.2)', 'clients/projects/not and(a eq "1", b eq "2")'],
  ['not.clients.or=(a.eq.1,b.eq.2)', 'clients/not or(a eq "1", b eq "2")'],
  ['or=(a.eq.1,b.eq.2)rest', 'or(a eq "1", b eq "2")'],
  ['or=(and.eq.1,or.eq.2,not.eq.3)', 'or(and eq "1", or eq "2", not eq "3")'],
  ['or=("a.b".eq.1,c.eq.2)', 'or(a.b eq "1", c eq "2")'],
];

describe('filters', () => {
  test.each(filters)('%s', (query, shown) => expect(show(read(`/t?${query}`))).toBe(shown));
});

describe('logic', () => {
  test.each(logic)('%s', (query, shown) => expect(show(read(`/t?${query}`))).toBe(shown));
});

describe('arguments of a GET call', () => {
  const call = (query: string): string => {
    const request = read(`/rpc/f?${query}`);
    const params = request.params.map(({ name, slot }) => `${name}=${JSON.stringify(request.literals[slot])}`);
    return [...params, show(request)].filter((part) => part !== '').join('; ');
  };
  const cases: readonly (readonly [query: string, shown: string])[] = [
    ['a=1&b=two', 'a="1"; b="two"'],
    ['a=1&a=2', 'a="1"; a="2"'],
    ['a=', 'a=""'],
    ['a=eq.1&b=2', 'b="2"; a eq "1"'],
    ['a={1,2}', 'a="{1,2}"'],
    ['note=something', 'note="something"'],
    ['n=null', 'n="null"'],
    ['m=match', 'm="match"'],
  ];
  test.each(cases)('%s', (query, shown) => expect(call(query)).toBe(shown));
});

test('filters of one level keep their order and their names', () => {
  expect(read('/t?b=eq.1&a=eq.2&c.d=eq.3').filterNames).toEqual(['b', 'a', 'c.d']);
});
