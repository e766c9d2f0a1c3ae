import type {
  Driver,
  Result,
  RunOptions,
  Session,
  Statement,
  Transaction,
  TransactionOptions,
} from '../../db/driver.ts';
import { ForwardingDriver } from '../../db/forwarding-driver.ts';
import { isRead } from './read.ts';
import type { ReplicaPool } from './replica-pool.ts';
import type { Writers } from './writers.ts';

/** The primary, but for reads on their own and transactions that only read, whose caller has not written shortly before. */
export class SpreadingDriver extends ForwardingDriver {
  constructor(
    primary: Driver,
    private readonly pool: ReplicaPool,
    private readonly writers: Writers,
  ) {
    super(primary);
  }

  override query(statement: Statement, options?: RunOptions): Promise<Result> {
    const run = (driver: Driver) => driver.query(statement, options);
    if (!isRead(statement.text)) return this.writers.during(undefined, () => run(this.driver));
    return this.writers.wroteLately(undefined) ? run(this.driver) : this.pool.run(run);
  }

  override batch(...[statements, options]: Parameters<Driver['batch']>): Promise<readonly Result[]> {
    const run = (driver: Driver) => driver.batch(statements, options);
    if (!options?.readOnly) return this.writers.during(options?.actor, () => run(this.driver));
    return this.needsPrimary(options) ? run(this.driver) : this.pool.run(run);
  }

  override transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    if (!options?.readOnly) return this.writers.during(options?.actor, () => this.driver.transaction(work, options));
    if (this.needsPrimary(options)) return this.driver.transaction(work, options);
    let begun = false;
    const once: typeof work = (tx) => {
      begun = true;
      return work(tx);
    };
    return this.pool.run(
      (driver) => driver.transaction(once, options),
      () => !begun,
    );
  }

  override script(sql: string, options?: RunOptions): Promise<readonly Result[]> {
    this.writers.note(undefined);
    return super.script(sql, options);
  }

  override copyIn(...args: Parameters<Driver['copyIn']>): Promise<number> {
    this.writers.note(undefined);
    return super.copyIn(...args);
  }

  override session(options?: RunOptions): Promise<Session> {
    this.writers.note(undefined);
    return super.session(options);
  }

  /** A replica knows of no serializable transactions. */
  private needsPrimary({ actor, isolation }: TransactionOptions): boolean {
    return isolation === 'serializable' || this.writers.wroteLately(actor);
  }
}
