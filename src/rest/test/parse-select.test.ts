import { describe, expect, test } from 'bun:test';
import type { SelectItem } from '../parse/types.ts';
import { read } from './request.ts';

/** A short notation for the tree, so that a case reads at a glance. */
function show(items: readonly SelectItem[]): string {
  return items.map(showItem).join(' ');
}

function showItem(item: SelectItem): string {
  switch (item.kind) {
    case 'star':
      return '*';
    case 'count':
      return `count${mark('as', item.alias)}${mark('aggcast', item.aggregateCast)}`;
    case 'field': {
      const path = item.field.path.map((step) => `${step.arrow}${step.operand}[${step.value}]`).join('');
      const marks = mark('as', item.alias) + mark('cast', item.cast) + mark('agg', item.aggregate);
      return `[${item.field.name}]${path}${marks}${mark('aggcast', item.aggregateCast)}`;
    }
    default: {
      const alias = item.kind === 'relation' ? mark('as', item.alias) : '';
      const marks = alias + mark('hint', item.hint) + mark('join', item.join);
      return `${item.kind === 'spread' ? '...' : ''}<${item.relation}>${marks}{${show(item.items)}}`;
    }
  }
}

const mark = (name: string, value: string | null): string => (value === null ? '' : ` ${name}=${value}`);

const cases: readonly (readonly [select: string, tree: string])[] = [
  // columns
  ['*', '*'],
  ['', ''],
  ['id', '[id]'],
  ['id,name', '[id] [name]'],
  [' id , name ', '[id] [name]'],
  ['first name', '[first name]'],
  ['with-dash', '[with-dash]'],
  ['$money,_private,123', '[$money] [_private] [123]'],
  ['"a,b(c)"', '[a,b(c)]'],
  ['"say \\"hi\\" \\\\"', '[say "hi" \\]'],
  ['موارد,été', '[موارد] [été]'],
  ['alias:name', '[name] as=alias'],
  ['"my alias":"my name"', '[my name] as=my alias'],
  ['name::text', '[name] cast=text'],
  ['alias:name::text', '[name] as=alias cast=text'],
  ['name::double precision', '[name] cast=double precision'],
  ['"*"', '*'],
  // JSON paths
  ['data->a', '[data]->key[a]'],
  ['data->>a', '[data]->>key[a]'],
  ['data->0', '[data]->index[+0]'],
  ['data->-1->>b', '[data]->index[-1]->>key[b]'],
  ['data->0x', '[data]->key[0x]'],
  ['data->"a.b"->>c', '[data]->key[a.b]->>key[c]'],
  ['data->!@#$%^&*_a::int', '[data]->key[!@#$%^&*_a] cast=int'],
  ['data->with-dash', '[data]->key[with-dash]'],
  ['alias:data->a::json', '[data]->key[a] as=alias cast=json'],
  // aggregates
  ['count()', 'count'],
  ['n:count()::text', 'count as=n aggcast=text'],
  ['amount.sum()', '[amount] agg=sum'],
  ['a:amount::int.avg()::text', '[amount] as=a cast=int agg=avg aggcast=text'],
  ['a.max(),a.min(),a.count()', '[a] agg=max [a] agg=min [a] agg=count'],
  ['data->n::int.max()', '[data]->key[n] cast=int agg=max'],
  ['count', '[count]'],
  // embeds
  ['clients(*)', '<clients>{*}'],
  ['clients()', '<clients>{}'],
  ['id,clients(id,projects(*))', '[id] <clients>{[id] <projects>{*}}'],
  ['c:clients(id)', '<clients> as=c{[id]}'],
  ['clients!fk(id)', '<clients> hint=fk{[id]}'],
  ['clients!inner(id)', '<clients> join=inner{[id]}'],
  ['clients!left(id)', '<clients> join=left{[id]}'],
  ['c:clients!fk!inner(id)', '<clients> as=c hint=fk join=inner{[id]}'],
  ['c:clients!inner!fk(id)', '<clients> as=c hint=fk join=inner{[id]}'],
  ['"odd name"!"odd fk"(id)', '<odd name> hint=odd fk{[id]}'],
  ['...clients(id)', '...<clients>{[id]}'],
  ['id,...clients!fk!inner(name,...x(y))', '[id] ...<clients> hint=fk join=inner{[name] ...<x>{[y]}}'],
  ['clients(count())', '<clients>{count}'],
  ['a.sum(),clients(b.sum())', '[a] agg=sum <clients>{[b] agg=sum}'],
  // what the dialect does not look at
  ['id)rest', '[id]'],
  ['clients(id)rest', '<clients>{[id]}'],
  ['!', ''],
  ['*!hint', ''],
];

describe('select', () => {
  test.each(cases)('%s', (select, tree) => {
    expect(show(read(`/t?select=${encodeURIComponent(select)}`).select)).toBe(tree);
  });

  test('is everything where it is absent or has no value', () => {
    expect(show(read('/t').select)).toBe('*');
    expect(show(read('/t?select').select)).toBe('*');
  });

  test('counts once', () => {
    expect(show(read('/t?select=a&select=b').select)).toBe('[a]');
  });
});
