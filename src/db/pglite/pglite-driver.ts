import type { Capabilities, Driver, RunOptions } from '../driver.ts';
import { PooledDriver } from '../pool/pooled-driver.ts';
import { spooled } from '../spool.ts';
import type { Lease, LeaseOptions } from './lease.ts';
import type { Ownership } from './owner.ts';
import type { PglitePool } from './pool.ts';
import type { Recall } from './recall.ts';
import { RecallingDriver } from './recalling-driver.ts';
import type { Upkeep } from './upkeep.ts';

export interface PgliteDriverOptions {
  readonly version: string;
  readonly statementTimeout: number;
  /** The right to its data folder; none for a database in memory. */
  readonly ownership: Ownership | undefined;
  /** Called once it is closed: nobody must find it any more. */
  readonly closed: () => void;
  readonly upkeep: Upkeep | undefined;
  readonly recall: Recall | undefined;
  /** Resolves once the engine answers, rejects where it can't be started. */
  readonly opened: Promise<void>;
}

const CAPABILITIES: Capabilities = {
  concurrent: false,
  serializationFailures: false,
  streamingCopy: true,
  serverCancel: false,
  createDatabase: false,
};

/** The driver of an embedded engine, which besides can lend its one session for raw protocol. */
export class PgliteDriver extends PooledDriver {
  /** Where others can reach this owner of the data folder is announced here. */
  readonly ownership: Ownership | undefined;

  constructor(
    private readonly embedded: PglitePool,
    private readonly own: PgliteDriverOptions,
  ) {
    const { statementTimeout, version } = own;
    super(embedded, { engine: 'pglite', capabilities: CAPABILITIES, version, statementTimeout });
    this.ownership = own.ownership;
  }

  /** Resolves once the engine answers; rejects where it can't be started. */
  get opened(): Promise<void> {
    return this.own.opened;
  }

  /** This driver for the questions of a start, which it may know the answers of. */
  asking(): Driver {
    return this.own.recall === undefined ? this : new RecallingDriver(this, this.own.recall);
  }

  /** Read as fast as the engine gives it: a slow reader must not keep the one session from all others. */
  override copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array> {
    return spooled(super.copyOut(sql, options));
  }

  /** The session, for raw protocol, when its turn has come. Nothing else runs until it is released. */
  lease(options: LeaseOptions): Promise<Lease> {
    return this.embedded.lease(options);
  }

  /** Gives `work` the data folder while the engine is shut; then the engine starts again, for all who waited. */
  reopen(work: () => Promise<void>): Promise<void> {
    return this.embedded.reopen(work);
  }

  override async close(options?: { readonly graceMs?: number }): Promise<void> {
    this.own.upkeep?.stop();
    await super.close(options);
    await this.opened.catch(() => {}); // what is half open still has the folder
    this.own.closed();
    this.ownership?.release();
  }
}
