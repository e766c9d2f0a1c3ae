import type { RelationNames } from './names.ts';
import type { ConstraintRow, ViewRow } from './rows.ts';
import { type Shown, shownColumns } from './view-columns.ts';

/** A key of a table that a view shows in full. */
export interface ViewKey {
  readonly view: number;
  /** For each column of the key, in its order, the view's columns that show it (one, or more where repeated). */
  readonly columns: readonly (readonly string[])[];
}

/** What views show of the keys of tables, by the key's constraint. */
export interface ViewKeys {
  /** Of a foreign key's referencing columns. */
  readonly from: ReadonlyMap<ConstraintRow, readonly ViewKey[]>;
  /** Of a foreign key's referenced columns. */
  readonly to: ReadonlyMap<ConstraintRow, readonly ViewKey[]>;
  /** Primary key columns by view: of each table whose primary key it shows in full. */
  readonly primary: ReadonlyMap<number, readonly string[]>;
}

export function viewKeysOf(
  views: readonly ViewRow[],
  constraints: readonly ConstraintRow[],
  names: RelationNames,
): ViewKeys {
  const shown = shownColumns(views);
  const ofKey = (table: number, key: readonly number[] | null) => keysShown(shown, table, key ?? []);
  const foreign = constraints.filter(({ type, inherited }) => type === 'f' && !inherited);
  const primary = constraints.filter(({ type }) => type === 'p').toSorted(byTableName(names));
  return {
    from: new Map(foreign.map((constraint) => [constraint, ofKey(constraint.table, constraint.key)])),
    to: new Map(foreign.map((constraint) => [constraint, ofKey(constraint.foreignTable, constraint.foreignKey)])),
    primary: primaryKeys(primary.flatMap((constraint) => ofKey(constraint.table, constraint.key))),
  };
}

function keysShown(
  shown: ReadonlyMap<number, readonly Shown[]>,
  table: number,
  key: readonly number[],
): readonly ViewKey[] {
  return (shown.get(table) ?? []).flatMap(({ view, columns }) => {
    const names = key.map((position) => columns.get(position));
    return names.every((name) => name !== undefined) ? { view, columns: names } : [];
  });
}

/** Where a key's column is shown twice, either will do: the first. */
function primaryKeys(keys: readonly ViewKey[]): ReadonlyMap<number, readonly string[]> {
  const byView = Map.groupBy(keys, ({ view }) => view);
  return new Map(
    [...byView].map(([view, own]) => [
      view,
      Object.freeze(own.flatMap(({ columns }) => columns.flatMap((c) => c[0] ?? []))),
    ]),
  );
}

function byTableName(names: RelationNames): (a: ConstraintRow, b: ConstraintRow) => number {
  const text = ({ table }: ConstraintRow) => `${names.relation(table)?.schema}\0${names.relation(table)?.name}`;
  return (a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0);
}
