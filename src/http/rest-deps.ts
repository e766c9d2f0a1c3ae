import type { Catalog } from '../catalog/index.ts';
import type { Driver } from '../db/index.ts';
import type { Caller, InsertProgress, RestSettings } from '../rest/index.ts';

/** What the dialect's app is made of. */
export interface RestDeps {
  readonly driver: Driver;
  /** The catalog in force; a new one after migrations. */
  readonly catalog: () => Catalog;
  readonly settings: RestSettings;
  /** Who calls; throws a `DialectError` for a token that does not hold. */
  readonly auth: (request: Request) => Caller | Promise<Caller>;
  /** Largest body that is held in memory, in bytes. */
  readonly bodyLimit?: number;
  /** Milliseconds that the driver lets a statement run, 0 for any time; of rows that are streamed, those between two pieces. */
  readonly statementTimeout?: number;
  /** Errors that nobody foresaw: the client only learns that there was one. */
  readonly onError?: (error: unknown, requestId: string | undefined) => void;
  /** A long insert tells now and then how far it is. */
  readonly onProgress?: (progress: InsertProgress, requestId: string | undefined) => void;
  /**
   * The server ends a request after a while, however much of it comes: told `false` when a stream begins, which keeps its own time, and
   * `true` when it has ended.
   */
  readonly hurried?: (request: Request, hurried: boolean) => void;
}
