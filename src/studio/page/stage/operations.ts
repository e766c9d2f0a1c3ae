import { profileOf, type Table } from '../app/catalog.ts';
import { kindOf } from '../grid/kind.ts';
import { named, quoted } from '../grid/name.ts';
import { keyParameters, type Row } from '../grid/query.ts';
import { mergePatch } from './merge-patch.ts';
import type { Change, Update } from './staged.ts';

/** An operation of a batch, and the changes that it writes. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly changes: readonly Change[];
}

/** What a removal asks for. */
const HOW = { delete: '', restore: ', delete=restore', purge: ', delete=purge, deleted=include' } as const;

/** Exactly one row: a row that is gone, or that this role may not change, fails the whole save. */
const ONE = { accept: 'application/vnd.pgrst.object+json' };

/** A change as operations that each write exactly one row. */
export function operationsOf(change: Change): readonly Operation[] {
  const { table } = change;
  const { path, scope } = addressOf(table);
  const changes = [change];
  if (change.kind === 'insert') {
    const headers = { ...scope, ...ONE, prefer: 'return=minimal' };
    return [{ method: 'POST', path, headers, body: change.values, changes }];
  }
  if (change.kind === 'update') return updates(change);
  const headers = { ...scope, ...ONE, prefer: `return=minimal${HOW[change.kind]}` };
  return [{ method: 'DELETE', path: `${path}?${keyParameters(table, change.row)}`, headers, changes }];
}

interface Address {
  readonly path: string;
  readonly scope: Readonly<Record<string, string>>;
}

function addressOf(table: Table): Address {
  const profile = profileOf(table);
  const scope = profile === undefined ? undefined : { 'content-profile': profile, 'accept-profile': profile };
  return { path: `/${encodeURIComponent(table.name)}`, scope: scope ?? {} };
}

/** Documents are patched by path where a merge patch can say it; other values are set. */
function updates(change: Update): readonly Operation[] {
  const { table, row, values } = change;
  const { path, scope } = addressOf(table);
  const changes = [change];
  const patches: Record<string, unknown> = {};
  const whole: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const column = table.columns.find((it) => it.name === name);
    const patch = column !== undefined && kindOf(column) === 'json' ? mergePatch(row[name], value) : null;
    if (patch === null) whole[name] = value;
    else patches[name] = patch;
  }
  const address = `${path}?${guarded(table, row, whole)}`;
  const headers = { ...scope, ...ONE, prefer: 'return=minimal, deleted=include' };
  const operations: Operation[] = [];
  // first, because its guards look at values that the other may change
  if (Object.keys(whole).length > 0) operations.push({ method: 'PATCH', path: address, headers, body: whole, changes });
  if (Object.keys(patches).length > 0) {
    const keyed = `${path}?${keyParameters(table, { ...row, ...whole })}`;
    const patching = { ...headers, 'content-type': 'application/merge-patch+json' };
    operations.push({ method: 'PATCH', path: keyed, headers: patching, body: patches, changes });
  }
  return operations;
}

/**
 * Many changes in fewer operations: new rows that give the same columns go together, and removals of one kind. Such removals pass over
 * rows that are gone already.
 */
export function grouped(changes: readonly Change[]): readonly Operation[] {
  const runs: Change[][] = [];
  for (const change of changes) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && shapeOf(run[0]) === shapeOf(change)) run.push(change);
    else runs.push([change]);
  }
  return runs.flatMap(together);
}

/** Changes of the same shape can be one operation; every update is for itself. */
function shapeOf(change: Change): string {
  const { kind, table } = change;
  const own =
    kind === 'update' ? [change.id] : kind === 'insert' ? Object.keys(change.values).toSorted() : table.primaryKey;
  return JSON.stringify([kind, table.schema, table.name, own]);
}

function together(run: readonly Change[]): readonly Operation[] {
  const [first] = run;
  if (first === undefined || run.length === 1 || first.kind === 'update') return run.flatMap(operationsOf);
  const { path, scope } = addressOf(first.table);
  if (first.kind === 'insert') {
    const body = run.map((change) => ('values' in change ? change.values : {}));
    return [{ method: 'POST', path, headers: { ...scope, prefer: 'return=minimal' }, body, changes: run }];
  }
  return removalsOf(first.table, run, HOW[first.kind]);
}

/** Rows that one address names. */
const NAMED = 200;

function removalsOf(table: Table, run: readonly Change[], how: string): readonly Operation[] {
  const { path, scope } = addressOf(table);
  const rows = run.flatMap((change) => ('row' in change ? [change.row] : []));
  const keys = rows.map(
    (row) => `and(${table.primaryKey.map((name) => `${quoted(name)}.eq.${quoted(String(row[name]))}`).join(',')})`,
  );
  return Array.from({ length: Math.ceil(keys.length / NAMED) }, (_, part) => {
    const params = new URLSearchParams({ or: `(${keys.slice(part * NAMED, (part + 1) * NAMED).join(',')})` });
    const headers = { ...scope, prefer: `return=minimal${how}` };
    return { method: 'DELETE', path: `${path}?${params}`, headers, changes: run };
  });
}

/** Kinds whose text form comes back as it went. */
const comparable = new Set([
  'boolean',
  'enum',
  'integer',
  'number',
  'text',
  'date',
  'time',
  'timestamp',
  'timestamptz',
]);
/** Values longer than this are not worth an address. */
const LONGEST = 200;

/** The row, as long as the changed columns still have the values that were seen: nobody's change is overwritten unseen. */
function guarded(table: Table, row: Row, values: Readonly<Record<string, unknown>>): URLSearchParams {
  const params = keyParameters(table, row);
  for (const name of Object.keys(values)) {
    const column = table.columns.find((it) => it.name === name);
    const seen = row[name];
    if (column === undefined || !comparable.has(kindOf(column)) || table.primaryKey.includes(name)) continue;
    if (seen === null) params.append(named(name), 'is.null');
    else if (typeof seen === 'boolean') params.append(named(name), `is.${seen}`);
    else if (String(seen).length <= LONGEST) params.append(named(name), `eq.${String(seen)}`);
  }
  return params;
}
