import type { TypeRow } from './rows.ts';
import type { Type } from './types.ts';

const jsonOid = 114;
const jsonbOid = 3802;

/** Types by OID, and the questions that columns and functions ask of them. */
export class TypeIndex {
  readonly all: ReadonlyMap<number, Type>;
  readonly #rows: ReadonlyMap<number, TypeRow>;

  constructor(rows: readonly TypeRow[]) {
    this.#rows = new Map(rows.map((row) => [row.oid, row]));
    this.all = new Map(rows.map((row) => [row.oid, Object.freeze(typeOf(row))]));
  }

  row(oid: number): TypeRow | undefined {
    return this.#rows.get(oid);
  }

  /** As `format_type` prints it without modifiers; `???` is what it prints for an OID that is no type. */
  display(oid: number): string {
    return this.#rows.get(oid)?.display ?? '???';
  }

  /** The type beneath all domains. */
  base(oid: number): number {
    const domain = this.#rows.get(oid)?.domain;
    return domain ? this.base(domain.type) : oid;
  }

  labels(oid: number): readonly string[] {
    return this.#rows.get(oid)?.labels ?? [];
  }

  isArray(oid: number): boolean {
    return this.all.get(oid)?.kind === 'array';
  }

  isComposite(oid: number): boolean {
    const kind = this.all.get(oid)?.kind;
    return kind === 'composite' || kind === 'row';
  }

  isJson(oid: number): boolean {
    return oid === jsonOid || oid === jsonbOid;
  }

  /** Where the type itself, or the type beneath a domain, belongs to Postgres, its name needs no modifiers. */
  plainName(oid: number, declared: string): string {
    const base = this.base(oid);
    return this.#rows.get(base)?.schema === 'pg_catalog' ? this.display(base) : declared;
  }
}

function typeOf(row: TypeRow): Type {
  const { oid, schema, name, display } = row;
  const common = { oid, schema, name, display, description: row.description ?? null };
  if (row.domain) return { ...common, kind: 'domain', over: row.domain.type, notNull: row.domain.notNull };
  if (row.labels) return { ...common, kind: 'enum', labels: Object.freeze(row.labels) };
  if (row.attributes) return { ...common, kind: 'composite', attributes: Object.freeze(row.attributes) };
  if (row.element !== undefined) return { ...common, kind: 'array', element: row.element };
  return { ...common, kind: plainKinds[row.kind] ?? 'base' };
}

const plainKinds: { readonly [kind: string]: 'pseudo' | 'range' | 'multirange' | 'row' } = {
  p: 'pseudo',
  r: 'range',
  m: 'multirange',
  w: 'row',
};
