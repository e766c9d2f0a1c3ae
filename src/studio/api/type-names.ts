import type { Catalog } from '../../catalog/index.ts';
import type { Driver, Field } from '../../db/index.ts';

/** Names of types by OID: from the catalog, else asked once. */
const asked = new Map<number, string>();

/** Says what the columns of a result are. */
export class TypeNames {
  constructor(
    private readonly driver: Driver,
    private readonly catalog: Catalog,
  ) {}

  async of(fields: readonly Field[]): Promise<readonly { readonly name: string; readonly type: string }[]> {
    const unknown = [...new Set(fields.map(({ type }) => type))].filter((oid) => this.known(oid) === undefined);
    if (unknown.length > 0) await this.ask(unknown);
    return fields.map(({ name, type }) => ({ name, type: this.known(type) ?? String(type) }));
  }

  private known(oid: number): string | undefined {
    return this.catalog.types.get(oid)?.display ?? asked.get(oid);
  }

  /** Not on the console's session, which may be in a failed transaction; only builtins are kept, whose OIDs never change. */
  private async ask(oids: readonly number[]): Promise<void> {
    const builtin = oids.filter((oid) => oid < FIRST_USER_OID);
    if (builtin.length === 0 || !this.driver.capabilities.concurrent) {
      for (const oid of oids) asked.set(oid, common.get(oid) ?? String(oid));
      return;
    }
    const text = 'SELECT oid::text, format_type(oid, NULL) FROM pg_type WHERE oid = ANY($1::oid[])';
    const { rows } = await this.driver.query({ text, params: [`{${builtin.join(',')}}`] }, { label: 'studio' });
    for (const [oid, name] of rows) asked.set(Number(oid), name ?? '');
  }
}

const FIRST_USER_OID = 16_384;

/** Where the engine has one session, and the console holds it, nothing can be asked: these are what expressions give. */
const common: ReadonlyMap<number, string> = new Map([
  [16, 'boolean'],
  [17, 'bytea'],
  [19, 'name'],
  [20, 'bigint'],
  [21, 'smallint'],
  [23, 'integer'],
  [25, 'text'],
  [26, 'oid'],
  [114, 'json'],
  [700, 'real'],
  [701, 'double precision'],
  [705, 'text'],
  [1042, 'character'],
  [1043, 'character varying'],
  [1082, 'date'],
  [1083, 'time without time zone'],
  [1114, 'timestamp without time zone'],
  [1184, 'timestamp with time zone'],
  [1186, 'interval'],
  [1700, 'numeric'],
  [2950, 'uuid'],
  [3802, 'jsonb'],
]);
