import { computed, signal } from '@preact/signals';
import type { CatalogSummary, ColumnSummary, CountSummary, ForeignKeySummary, TableSummary } from '../../api/shapes.ts';
import { studio } from '../api/studio.ts';

export type Table = TableSummary;
export type Column = ColumnSummary;
export type ForeignKey = ForeignKeySummary;

export const catalog = signal<CatalogSummary | null>(null);
export const counts = signal<ReadonlyMap<string, CountSummary>>(new Map());

export const nameOf = (table: { readonly schema: string; readonly name: string }): string =>
  `${table.schema}.${table.name}`;

export const tables = computed(() => new Map((catalog.value?.tables ?? []).map((table) => [nameOf(table), table])));

/** Without its schema, where that is the first exposed one. */
export const shownName = (table: { readonly schema: string; readonly name: string }): string =>
  table.schema === catalog.value?.defaultSchema ? table.name : nameOf(table);

/** A column's type in its shortest name. */
export function shownType({ type }: Column): string {
  const own = `${catalog.value?.defaultSchema}.`;
  return (type.startsWith(own) ? type.slice(own.length) : type)
    .replace('character varying', 'varchar')
    .replace(/(time(?:stamp)?(?:\(\d\))?) with time zone/, '$1tz')
    .replace(' without time zone', '');
}

/** What the API wants to be told: nothing for the first exposed schema. */
export const profileOf = (table: { readonly schema: string }): string | undefined =>
  table.schema === catalog.value?.defaultSchema ? undefined : table.schema;

/** Reads the catalog; one that is as it was stays, with all that hangs on it. @returns whether it has changed */
export async function loadCatalog(): Promise<boolean> {
  const found = await studio.catalog();
  if (JSON.stringify(found) === JSON.stringify(catalog.peek())) return false;
  catalog.value = found;
  return true;
}

/** Whoever comes back to the page may have changed the schema meanwhile. */
export function followCatalog(): void {
  addEventListener('focus', () => {
    loadCatalog()
      .then((changed) => (changed ? loadCounts() : undefined))
      .catch(() => undefined); // the server may be restarting
  });
}

const counted = Promise.withResolvers<void>();
/** Resolves once `counts` has been filled, or can't be. */
export const countsKnown = counted.promise;

export async function loadCounts(): Promise<void> {
  try {
    const found = await studio.counts();
    counts.value = new Map(found.map((count) => [`${count.schema}.${count.table}`, count]));
  } finally {
    counted.resolve();
  }
}

export interface Referrer {
  readonly table: Table;
  readonly key: ForeignKey;
}

/** Foreign keys of other tables (or its own) that lead to this table. */
export function referrersOf(target: Table): readonly Referrer[] {
  return [...tables.value.values()].flatMap((table) =>
    table.foreignKeys
      .filter((key) => key.schema === target.schema && key.table === target.name)
      .map((key) => ({ table, key })),
  );
}

/** The foreign key that a column belongs to: alone, or else together with others. */
export function foreignKeyOf(table: Table, column: string): ForeignKey | undefined {
  const keys = table.foreignKeys.filter(({ columns }) => columns.includes(column));
  return keys.find(({ columns }) => columns.length === 1) ?? keys[0];
}
