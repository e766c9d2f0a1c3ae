import { is, SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import {
  appended,
  changed,
  incremented,
  jsonParam,
  jsonText,
  merged,
  pathArray,
  put,
  type Segment,
  textAt,
  valueAt,
} from './expression.ts';
import type { At, Item, Key, MergePatch, Part } from './types.ts';

/**
 * A place in a JSON document. It is an SQL expression, the JSON value at the place: select it, compare it (`eq`, `gt`,
 * `inArray` take values of its type), order by it. SQL NULL says that nothing is there; a JSON null is a value.
 *
 * What changes it gives the whole document, changed: a value for `set` of an update, and the start of further changes.
 */
export class JsonPath<T, Root> extends SQL<T | null> {
  constructor(
    private readonly root: SQL,
    private readonly path: readonly Segment[],
  ) {
    super(path.length === 0 ? [root] : [sql`(${valueAt(root, path)})`]);
  }

  /** A place further in. */
  at<A extends Key<T>>(a: A): JsonPath<At<T, A>, Root>;
  at<A extends Key<T>, B extends Key<At<T, A>>>(a: A, b: B): JsonPath<At<At<T, A>, B>, Root>;
  at<A extends Key<T>, B extends Key<At<T, A>>, C extends Key<At<At<T, A>, B>>>(
    a: A,
    b: B,
    c: C,
  ): JsonPath<At<At<At<T, A>, B>, C>, Root>;
  at<A extends Key<T>, B extends Key<At<T, A>>, C extends Key<At<At<T, A>, B>>, D extends Key<At<At<At<T, A>, B>, C>>>(
    a: A,
    b: B,
    c: C,
    d: D,
  ): JsonPath<At<At<At<At<T, A>, B>, C>, D>, Root>;
  at(...segments: readonly Segment[]): unknown {
    return new JsonPath(this.root, [...this.path, ...segments.map(checked)]);
  }

  /** The value as text: a string without its quotes. SQL NULL for absent and for null. */
  get text(): SQL<string | null> {
    return sql<string | null>`(${textAt(this.root, this.path)})`;
  }

  /** Whether there is a value, null included. */
  get exists(): SQL<boolean> {
    return sql<boolean>`(${this} is not null)`;
  }

  /** Whether there is a value, and it is null. */
  get isJsonNull(): SQL<boolean> {
    return sql<boolean>`(${this} is not distinct from 'null'::jsonb)`;
  }

  /**
   * Whether the value contains this part (`@>`). Written as containment of the whole document where the path has only
   * names, so that one GIN index of the column serves all paths.
   */
  contains(part: Part<T>): SQL<boolean> {
    const names = this.path.every((segment) => typeof segment === 'string');
    if (!names) return sql<boolean>`(${this} @> ${jsonParam(part, this.#field)})`;
    const whole = this.path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), part);
    return sql<boolean>`(${this.root} @> ${jsonParam(whole, this.#field)})`;
  }

  /** Whether the object here has this key, or the array here this string. */
  hasKey(key: string): SQL<boolean> {
    return sql<boolean>`(${this} ? ${key}::text)`;
  }

  /** The document with this value here. Parents that are missing are made. */
  set(value: T | SQL): JsonPath<Root, Root> {
    const json = is(value, SQL) ? sql`to_jsonb(${value})` : jsonParam(value, this.#field);
    return this.#change((d) => put(d, this.path, json));
  }

  /** The document with this merged in here, as RFC 7396 says: members replace, null removes, objects merge. */
  merge(patch: MergePatch<NonNullable<T>>): JsonPath<Root, Root> {
    return this.#change((d) => put(d, this.path, merged(d, this.path, patch, this.#field)));
  }

  /** The document without this. */
  remove(): JsonPath<Root, Root> {
    if (this.path.length === 0) throw new HutchError('json_path_unknown', { details: 'A document cannot lose itself' });
    return this.#change((d) => sql`${d} #- ${pathArray(this.path)}`);
  }

  /** Drizzle's own, which every expression has. */
  override append(query: SQL): this;
  /** The document with these at the end of the array here. */
  override append(...items: readonly Item<T>[]): JsonPath<Root, Root>;
  override append(...items: readonly unknown[]): this | JsonPath<Root, Root> {
    if (items.length === 1 && is(items[0], SQL)) return super.append(items[0]);
    const json = jsonParam(items, this.#field);
    return this.#change((d) => put(d, this.path, appended(d, this.path, json)));
  }

  /** The document with the number here changed by so much. Safe among concurrent writers: the database adds. */
  increment(by = 1): JsonPath<Root, Root> {
    if (!Number.isFinite(by))
      throw new HutchError('json_value_invalid', { field: this.#field, details: 'Not a finite number' });
    return this.#change((d) => put(d, this.path, incremented(d, this.path, by)));
  }

  /** Drizzle calls it for values compared with this expression. */
  mapToDriverValue(value: unknown): SQL {
    return sql`${jsonText(value, this.#field)}::text::jsonb`;
  }

  get #field(): string {
    return this.path.join('.') || 'document';
  }

  #change(change: (d: SQL) => SQL): JsonPath<Root, Root> {
    return new JsonPath(changed(this.root, change), []);
  }
}

function checked(segment: unknown): Segment {
  if (typeof segment === 'string') return segment;
  if (typeof segment === 'number' && Number.isInteger(segment)) return segment;
  throw new HutchError('json_path_unknown', {
    field: String(segment),
    details: `A path has names and whole numbers, not ${typeof segment}`,
  });
}

/**
 * The document in a jsonb column, typed by the column's `$type`.
 *
 * ```ts
 * const theme = json(users.profile).at('preferences', 'theme');
 * await db.select({ theme }).from(users).where(eq(theme, 'dark')).orderBy(theme);
 * await db.update(users).set({
 *   profile: json(users.profile).at('preferences', 'theme').set('light').at('logins').increment(),
 * });
 * ```
 */
export function json<C extends PgColumn>(column: C): JsonPath<C['_']['data'], C['_']['data']> {
  return new JsonPath(asJsonb(column), []);
}

/** A `json` column takes part as jsonb; its text form comes back on assignment. */
function asJsonb(column: PgColumn & SQLWrapper): SQL {
  return column.getSQLType() === 'json' ? sql`${column}::jsonb` : sql`${column}`;
}
