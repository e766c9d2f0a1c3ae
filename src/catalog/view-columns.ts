import type { ViewRow } from './rows.ts';

/** Where a view's column comes from: a column of another relation, by OID and attribute number. */
interface Origin {
  readonly relation: number;
  readonly column: number;
}

/** Columns of one relation in one view: its attribute number → the view's columns that show it, in the view's order. */
export interface Shown {
  readonly view: number;
  readonly columns: ReadonlyMap<number, readonly string[]>;
}

/**
 * Which exposed views show what of each relation, by the relation's OID and through views over views. Postgres notes the
 * origin of each plain column in the view's stored query tree (`resorigtbl`, `resorigcol`).
 */
export function shownColumns(views: readonly ViewRow[]): ReadonlyMap<number, readonly Shown[]> {
  const origins = new Map(views.map((view) => [view.oid, originsOf(view.definition)]));
  const shown = new Map<number, Shown[]>();
  for (const view of views.filter(({ exposed }) => exposed)) {
    for (const [relation, columns] of shownBy(view, origins)) {
      const list = shown.get(relation);
      if (list) list.push({ view: view.oid, columns });
      else shown.set(relation, [{ view: view.oid, columns }]);
    }
  }
  return shown;
}

type Origins = ReadonlyMap<number, ReadonlyMap<number, Origin>>;

function shownBy(view: ViewRow, origins: Origins): ReadonlyMap<number, ReadonlyMap<number, readonly string[]>> {
  const shown = new Map<number, Map<number, string[]>>();
  for (const [position, name] of view.columns) {
    for (const { relation, column } of trail(view.oid, position, origins)) {
      const columns = shown.get(relation) ?? new Map<number, string[]>();
      shown.set(relation, columns.set(column, [...(columns.get(column) ?? []), name]));
    }
  }
  return shown;
}

/** From a view's column down to the table's, each step once: views can be circular, if only through `CREATE OR REPLACE`. */
function* trail(view: number, position: number, origins: Origins): Iterable<Origin> {
  const passed = new Set<number>();
  let origin = origins.get(view)?.get(position);
  while (origin && !passed.has(origin.relation)) {
    yield origin;
    passed.add(origin.relation);
    origin = origins.get(origin.relation)?.get(origin.column);
  }
}

const open = 123;
const close = 125;
const backslash = 92;

/**
 * The target list of the outermost query in a `pg_node_tree`: column number → origin. The text is nested `{NODE :field
 * value …}`; braces and blanks in names are escaped by a backslash, so structure can be told from text by one scan. Target
 * entries of subqueries lie deeper than the second level; an entry's own fields follow its expression.
 */
function originsOf(tree: string): ReadonlyMap<number, Origin> {
  const origins = new Map<number, Origin>();
  let depth = 0;
  let isEntry = false;
  let own = 0;
  for (let at = 0; at < tree.length; at++) {
    const code = tree.charCodeAt(at);
    if (code === backslash) at++;
    else if (code === open) {
      depth++;
      if (depth === 2) {
        isEntry = tree.startsWith('TARGETENTRY', at + 1);
        own = at;
      }
    } else if (code === close) {
      depth--;
      if (depth === 2) own = at;
      else if (depth === 1 && isEntry) addOrigin(origins, tree.slice(own, at));
    }
  }
  return origins;
}

function addOrigin(origins: Map<number, Origin>, fields: string): void {
  const match = / :resno (\d+) .* :resorigtbl (\d+) :resorigcol (\d+) /s.exec(fields);
  if (match && match[2] !== '0')
    origins.set(Number(match[1]), { relation: Number(match[2]), column: Number(match[3]) });
}
