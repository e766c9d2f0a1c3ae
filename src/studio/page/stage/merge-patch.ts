import { isJsonObject, type JsonObject } from '../api/exact-json.ts';

type Json = unknown;

/**
 * The merge patch (RFC 7396) that leads from one document to the other; null where none does: neither is an object at its root, or a
 * null must be written, which a patch reads as a removal.
 */
export function mergePatch(from: Json, to: Json): JsonObject | null {
  if (!isJsonObject(from) || !isJsonObject(to)) return null;
  const patch: Record<string, Json> = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    if (key in from && JSON.stringify(from[key]) === JSON.stringify(value)) continue;
    const inner = isJsonObject(value) && isJsonObject(from[key]) ? mergePatch(from[key], value) : undefined;
    if (inner === null || (inner === undefined && hasNull(value))) return null;
    patch[key] = inner ?? value;
  }
  return patch;
}

/** An array keeps its nulls; an object loses them. */
const hasNull = (value: Json): boolean => value === null || (isJsonObject(value) && Object.values(value).some(hasNull));

export interface PathChange {
  readonly path: readonly string[];
  /** Undefined where the path is removed. */
  readonly value: Json | undefined;
}

/** What a patch does, path by path. */
export function pathChanges(patch: JsonObject, path: readonly string[] = []): readonly PathChange[] {
  return Object.entries(patch).flatMap(([key, value]): readonly PathChange[] => {
    const here = [...path, key];
    if (value === null) return [{ path: here, value: undefined }];
    return isJsonObject(value) && Object.keys(value).length > 0 ? pathChanges(value, here) : [{ path: here, value }];
  });
}
