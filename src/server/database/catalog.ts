import { type Catalog, enrich, type ReadOptions, readCatalog } from '../../catalog/index.ts';
import { type Driver, HOUSE } from '../../db/index.ts';
import type { Schema } from '../../migrate/index.ts';
import type { SchemaLoads } from '../admin/figures.ts';

/** The catalog that requests are planned against: replaced as a whole, so a request sees one state of it throughout. */
export interface LiveCatalog {
  current(): Catalog;
  loads(): SchemaLoads;
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
  let loads: SchemaLoads = { succeeded: 0, failed: 0, seconds: 0 };
  const read = async (of = driver) => {
    const started = performance.now();
    try {
      const read = await readCatalog(runner(of), { ...exposed, version: driver.version });
      loads = { ...loads, succeeded: loads.succeeded + 1, seconds: (performance.now() - started) / 1_000 };
      return enrich(read, known);
    } catch (error) {
      loads = { ...loads, failed: loads.failed + 1 };
      throw error;
    }
  };
  let catalog = await read(asked);
  return {
    current: () => catalog,
    loads: () => loads,
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
    (await driver.query({ text, params, prepare: false }, { label: HOUSE })).rows;
