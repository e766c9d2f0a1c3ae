import { type Catalog, enrich, type ReadOptions, readCatalog } from '../catalog/index.ts';
import type { Driver } from '../db/index.ts';
import type { Schema } from '../migrate/index.ts';

/** The catalog that requests are planned against: replaced as a whole, so a request sees one state of it throughout. */
export interface LiveCatalog {
  current(): Catalog;
  /** Reads it anew: after migrations, and when the database says so (`NOTIFY pgrst, 'reload schema'`). */
  reread(schema?: Schema): Promise<void>;
  /** Reads it for other schemas, from now on. */
  expose(options: ReadOptions): Promise<void>;
}

/** `asked` is asked the first time, `driver` from then on. */
export async function liveCatalog(
  driver: Driver,
  schema: Schema,
  options: ReadOptions,
  asked = driver,
): Promise<LiveCatalog> {
  let known = schema;
  let exposed = options;
  const read = async (of = driver) =>
    enrich(await readCatalog(runner(of), { ...exposed, version: driver.version }), known);
  let catalog = await read(asked);
  return {
    current: () => catalog,
    async reread(changed) {
      known = changed ?? known;
      catalog = await read();
    },
    async expose(changed) {
      exposed = changed;
      catalog = await read();
    },
  };
}

/** What the catalog room takes instead of a driver, which stands above it. */
const runner =
  (driver: Driver) =>
  async (text: string, params: readonly (string | null)[] = []) =>
    (await driver.query({ text, params, prepare: false })).rows;
