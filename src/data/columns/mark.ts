import type { PgColumn, PgColumnBuilder } from 'drizzle-orm/pg-core';

/**
 * What a column means to Hutch beyond its type, so that triggers can be derived from a schema at run time. The mark rides
 * on the builder's configuration object, which Drizzle hands to the finished column as it is: it survives casing,
 * spreading and `toBuilder()`, drizzle-kit never sees it, and a program that doesn't know it is not disturbed.
 */
export type ColumnMark =
  | { readonly kind: 'updatedAt' | 'createdBy' | 'updatedBy' | 'deletedAt' | 'deleted' }
  | { readonly kind: 'prefixedId'; readonly prefix: string };

/** Registered globally: a second copy of this module in one process understands the first one's tables. */
const MARK = Symbol.for('hutch.column');

export function marked<B extends PgColumnBuilder>(builder: B, mark: ColumnMark): B {
  const config: unknown = Reflect.get(builder, 'config');
  if (typeof config === 'object' && config !== null) Reflect.set(config, MARK, mark);
  return builder;
}

export function markOf(column: PgColumn): ColumnMark | undefined {
  const config: unknown = Reflect.get(column, 'config');
  if (typeof config !== 'object' || config === null) return undefined;
  const mark: unknown = Reflect.get(config, MARK);
  return isMark(mark) ? mark : undefined;
}

function isMark(value: unknown): value is ColumnMark {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
