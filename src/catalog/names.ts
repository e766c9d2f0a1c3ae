import type { CatalogRows } from './rows.ts';
import type { Qualified } from './types.ts';

/** Relations of any schema by OID: their names, and the names of their columns by attribute number. */
export class RelationNames {
  readonly #relations = new Map<number, Qualified>();
  readonly #columns = new Map<number, Map<number, string>>();

  constructor({ tables, columns, outside, views }: CatalogRows) {
    for (const { oid, schema, name } of tables ?? []) this.#add(oid, schema, name);
    for (const [table, position, name] of columns ?? []) this.#columns.get(table)?.set(position, name);
    for (const row of [...(outside ?? []), ...(views ?? [])]) {
      if (!this.#relations.has(row.oid)) this.#columns.set(row.oid, new Map(row.columns));
      this.#relations.set(row.oid, Object.freeze({ schema: row.schema, name: row.name }));
    }
  }

  #add(oid: number, schema: string, name: string): void {
    this.#relations.set(oid, Object.freeze({ schema, name }));
    this.#columns.set(oid, new Map());
  }

  relation(oid: number): Qualified | undefined {
    return this.#relations.get(oid);
  }

  column(relation: number, position: number): string | undefined {
    return this.#columns.get(relation)?.get(position);
  }

  /** The names of a key's columns in its order; undefined where one is not known. */
  columns(relation: number, positions: readonly number[]): readonly string[] | undefined {
    const names = positions.map((position) => this.column(relation, position));
    return names.every((name) => name !== undefined) ? Object.freeze(names) : undefined;
  }
}
