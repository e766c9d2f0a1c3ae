import { type SQL, sql } from 'drizzle-orm';
import { HutchError } from '../../errors/index.ts';

export type Segment = string | number;

/** JSON as a parameter; through text, so that no driver encodes it a second time. */
export function jsonParam(value: unknown, field: string): SQL {
  return sql`${jsonText(value, field)}::text::jsonb`;
}

export function jsonText(value: unknown, field: string): string {
  try {
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) return text;
  } catch (cause) {
    throw new HutchError('json_value_invalid', { field, cause });
  }
  throw new HutchError('json_value_invalid', { field, details: `A ${typeof value} has no JSON` });
}

/** Names that can be written as they are: nothing in them could end a literal or an array. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A path as `text[]`. Plain names and places are written out, so that the same path is the same expression to Postgres
 * (GROUP BY, an expression index); whatever else is a parameter.
 */
export function pathArray(path: readonly Segment[]): SQL {
  if (path.every(isPlain)) return sql.raw(`'{${path.join(',')}}'::text[]`);
  return sql`array[${sql.join(
    path.map((segment) => sql`${String(segment)}::text`),
    sql`, `,
  )}]`;
}

const isPlain = (segment: Segment): boolean =>
  typeof segment === 'number' || (PLAIN.test(segment) && segment !== 'NULL');

/** The value at a path; SQL NULL where it is absent. */
export const valueAt = (document: SQL, path: readonly Segment[]): SQL =>
  path.length === 0 ? document : sql`${document} #> ${pathArray(path)}`;

export const textAt = (document: SQL, path: readonly Segment[]): SQL => sql`${document} #>> ${pathArray(path)}`;

/** `d` in the changes below: the document so far, computed once however often a change looks into it. */
const D = sql.raw('d');

/** A change of `document`, given as a change of `d`; so changes compose without repeating one another. */
export const changed = (document: SQL, change: (d: SQL) => SQL): SQL =>
  sql`(select ${change(D)} from (select ${document} as d) as j)`;

/**
 * `d` with `value` at `path`; parents that are absent or null are made, arrays where a place follows. A parent that is a
 * scalar is an error (22023): overwriting it would lose what somebody stored there.
 */
export function put(d: SQL, path: readonly Segment[], value: SQL): SQL {
  if (path.length === 0) return value;
  return path.reduceRight<SQL>((inner, segment, depth) => {
    const parent = orEmpty(valueAt(d, path.slice(0, depth)), segment);
    return sql`jsonb_set(${parent}, ${pathArray([segment])}, ${inner}, true)`;
  }, value);
}

const orEmpty = (value: SQL, next: Segment): SQL =>
  sql`coalesce(nullif(${value}, 'null'::jsonb), ${sql.raw(typeof next === 'number' ? `'[]'::jsonb` : `'{}'::jsonb`)})`;

/** The array at a path with items at its end; absent and null count as empty. */
export const appended = (d: SQL, path: readonly Segment[], items: SQL): SQL =>
  sql`${orEmpty(valueAt(d, path), 0)} || ${items}`;

/** The number at a path and `by`; absent and null count as zero. */
export const incremented = (d: SQL, path: readonly Segment[], by: number): SQL =>
  sql`to_jsonb(coalesce((${textAt(d, path)})::numeric, 0) + ${String(by)}::numeric)`;

/** RFC 7396, written out for a known patch: members replace, null removes, objects merge, all else replaces. */
export function merged(d: SQL, path: readonly Segment[], patch: unknown, field: string): SQL {
  if (!isObject(patch)) return jsonParam(patch, field);
  const entries = Object.entries(patch).filter(([, value]) => value !== undefined);
  const flat = entries.filter(([, value]) => value !== null && !isObject(value));
  const nested = entries.filter(([, value]) => isObject(value));
  const removed = entries.filter(([, value]) => value === null).map(([key]) => sql`${key}::text`);
  const target = valueAt(d, path);
  let result = sql`case when jsonb_typeof(${target}) = 'object' then ${target} else '{}'::jsonb end`;
  if (flat.length > 0) result = sql`(${result}) || ${jsonParam(Object.fromEntries(flat), field)}`;
  for (const [key, value] of nested) {
    result = sql`(${result}) || jsonb_build_object(${key}::text, ${merged(d, [...path, key], value, `${field}.${key}`)})`;
  }
  return removed.length > 0 ? sql`(${result}) - array[${sql.join(removed, sql`, `)}]` : result;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('toJSON' in value);
