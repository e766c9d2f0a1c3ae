import { rest } from '../api/rest.ts';
import { profileOf, type Table } from '../app/catalog.ts';
import { kindOf } from '../grid/kind.ts';
import { keyParameters, type Row } from '../grid/query.ts';
import { mergePatch } from './merge-patch.ts';
import type { Change, Update } from './staged.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Saves everything in one request and one transaction: all of it, or nothing. @throws Failure */
export async function saveChanges(changes: readonly Change[]): Promise<void> {
  const operations = changes.flatMap(operationsOf);
  await rest('/', {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.hutch.batch+json' },
    body: JSON.stringify({ operations }),
  });
}

/** The change behind an operation of the batch, counted from 1. */
export function changeAt(changes: readonly Change[], operation: number): Change | undefined {
  let counted = 0;
  return changes.find((change) => {
    counted += operationsOf(change).length;
    return counted >= operation;
  });
}

/** Exactly one row: a row that is gone, or that this role may not change, fails the whole save. */
const ONE = { accept: 'application/vnd.pgrst.object+json' };

function operationsOf(change: Change): readonly Operation[] {
  const { table } = change;
  const path = `/${encodeURIComponent(table.name)}`;
  const profile = profileOf(table);
  const scope: Record<string, string> =
    profile === undefined ? {} : { 'content-profile': profile, 'accept-profile': profile };
  if (change.kind === 'insert') {
    const headers = { ...scope, ...ONE, prefer: 'return=representation' };
    return [{ method: 'POST', path, headers, body: change.values }];
  }
  if (change.kind === 'update') return updates(change, path, scope);
  const how = { delete: '', restore: ', delete=restore', purge: ', delete=purge, deleted=include' }[change.kind];
  const headers = { ...scope, ...ONE, prefer: `return=representation${how}` };
  return [{ method: 'DELETE', path: `${path}?${keyParameters(table, change.row)}`, headers }];
}

/** Documents are patched by path where a merge patch can say it; other values are set. */
function updates({ table, row, values }: Update, path: string, scope: Record<string, string>): readonly Operation[] {
  const patches: Record<string, unknown> = {};
  const whole: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const column = table.columns.find((it) => it.name === name);
    const patch = column !== undefined && kindOf(column) === 'json' ? mergePatch(row[name], value) : null;
    if (patch === null) whole[name] = value;
    else patches[name] = patch;
  }
  const address = `${path}?${guarded(table, row, whole)}`;
  const headers = { ...scope, ...ONE, prefer: 'return=representation, deleted=include' };
  const operations: Operation[] = [];
  // first, because its guards look at values that the other may change
  if (Object.keys(whole).length > 0) operations.push({ method: 'PATCH', path: address, headers, body: whole });
  if (Object.keys(patches).length > 0) {
    const keyed = `${path}?${keyParameters(table, { ...row, ...whole })}`;
    const patching = { ...headers, 'content-type': 'application/merge-patch+json' };
    operations.push({ method: 'PATCH', path: keyed, headers: patching, body: patches });
  }
  return operations;
}

/** Kinds whose text form comes back as it went. */
const comparable = new Set(['boolean', 'enum', 'integer', 'text', 'date', 'timestamp', 'timestamptz']);
/** Values longer than this are not worth an address. */
const LONGEST = 200;

/** The row, as long as the changed columns still have the values that were seen: nobody's change is overwritten unseen. */
function guarded(table: Table, row: Row, values: Readonly<Record<string, unknown>>): URLSearchParams {
  const params = keyParameters(table, row);
  for (const name of Object.keys(values)) {
    const column = table.columns.find((it) => it.name === name);
    const seen = row[name];
    if (column === undefined || !comparable.has(kindOf(column)) || table.primaryKey.includes(name)) continue;
    if (seen === null) params.append(name, 'is.null');
    else if (typeof seen === 'boolean') params.append(name, `is.${seen}`);
    else if (String(seen).length <= LONGEST) params.append(name, `eq.${String(seen)}`);
  }
  return params;
}
