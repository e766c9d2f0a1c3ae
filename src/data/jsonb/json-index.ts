import { type SQL, sql } from 'drizzle-orm';
import { type ExtraConfigColumn, index } from 'drizzle-orm/pg-core';

/**
 * An index for `contains` on any path of the column: GIN with `jsonb_path_ops`, which is smaller and faster than the
 * default class, and serves `@>` alone (`hasKey` needs `gin` with the default class).
 *
 * ```ts
 * pgTable('users', { profile: jsonb().$type<Profile>() }, (t) => [jsonIndex('users_profile', t.profile)]);
 * ```
 */
export function jsonIndex(name: string, column: ExtraConfigColumn) {
  return index(name).using('gin', column.op('jsonb_path_ops'));
}

/**
 * An index for one path, compared or ordered by: `eq(path, …)`, `gt(path, …)`, `orderBy(path)`.
 *
 * ```ts
 * pgTable('users', { profile: jsonb().$type<Profile>() }, (t) => [jsonPathIndex('users_theme', json(t.profile).at('theme'))]);
 * ```
 */
export function jsonPathIndex(name: string, path: SQL) {
  return index(name).on(sql`${path}`);
}
