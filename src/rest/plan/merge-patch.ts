import type { Table } from '../../catalog/index.ts';
import { isObject } from '../json-object.ts';
import type { ApiRequest } from '../parse/types.ts';
import type { JsonMerge, PatchTree } from './types.ts';

/**
 * The JSON columns that a merge patch (RFC 7396) goes into: those it gives an object for. Anything else it gives, to a JSON
 * column too, is set as it is.
 */
export function planMerges(request: ApiRequest, table: Table): readonly JsonMerge[] {
  if (request.payload?.kind !== 'merge-patch') return [];
  const patch: unknown = JSON.parse(request.payload.text);
  return Object.entries(isObject(patch) ? patch : {}).flatMap(([name, value]) => {
    const column = table.columns.get(name);
    if (column?.isJson !== true || !isObject(value)) return [];
    return [{ column: name, binary: column.type === 'jsonb', tree: patchTree(value) }];
  });
}

function patchTree(patch: Readonly<Record<string, unknown>>): PatchTree {
  const entries = Object.entries(patch);
  return {
    remove: entries.flatMap(([key, value]) => (value === null ? [key] : [])),
    set: entries.flatMap(([key, value]) => (value === null || isObject(value) ? [] : [key])),
    merge: entries.flatMap(([key, value]) => (isObject(value) ? [{ key, tree: patchTree(value) }] : [])),
  };
}
