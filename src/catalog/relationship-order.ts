import type { ColumnPair, Qualified, Relationship } from './types.ts';

/**
 * The order in which relationships of a table are listed, for instance in the message about an ambiguous embed: by the
 * other table, self references last, then kind, constraint and columns; tables before views; computed ones last.
 */
export function compareRelationships(a: Relationship, b: Relationship): number {
  const left = sortKey(a);
  const right = sortKey(b);
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [x = '', y = ''] = [left[at], right[at]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return left.length - right.length;
}

const kinds = { 'one-to-many': '0', 'many-to-one': '1', 'one-to-one': '2', 'many-to-many': '3', computed: '4' };

function sortKey(one: Relationship): readonly string[] {
  const isSelf = flag(one.isSelf);
  if (one.kind === 'computed') {
    return ['1', ...name(one.function), ...name(one.table), ...name(one.foreignTable), flag(one.toOne), isSelf];
  }
  const views = [flag(one.tableIsView), flag(one.foreignTableIsView)];
  const start = ['0', ...name(one.table), ...name(one.foreignTable), isSelf, kinds[one.kind]];
  if (one.kind !== 'many-to-many') {
    return [
      ...start,
      one.constraint,
      ...columns(one.columns),
      flag(one.isParent && one.kind === 'one-to-one'),
      ...views,
    ];
  }
  const { table, constraint1, constraint2, sourceColumns, targetColumns } = one.junction;
  const junction = [...name(table), constraint1, constraint2, ...columns(sourceColumns), ...columns(targetColumns)];
  return [...start, ...junction, ...views];
}

const flag = (value: boolean): string => (value ? '1' : '0');
const name = (of: Qualified): readonly string[] => [of.schema, of.name];
const columns = (of: readonly ColumnPair[]): readonly string[] => of.flat();
