import { actorStatement } from '../db/connection/actor.ts';
import type {
  Capabilities,
  Driver,
  Health,
  Observation,
  PoolStats,
  Result,
  RunOptions,
  Session,
  Statement,
  Transaction,
  TransactionOptions,
  Unlisten,
} from '../db/driver.ts';
import { Level } from './level.ts';

/** Thrown through a transaction to undo it. */
const UNDO = Symbol('undo');

/**
 * What a commit would do that releasing a savepoint does not: check what was deferred (as a trial, so that later
 * transactions defer as before), and forget the transaction's settings and role.
 */
const AS_IF_COMMITTED =
  'savepoint hutch_commit; set constraints all immediate; rollback to savepoint hutch_commit; ' +
  'release savepoint hutch_commit; reset all; reset role';

/**
 * A driver whose every statement runs in one transaction that is rolled back at the end: a world of its own for a test.
 * A statement outside of transactions gets a savepoint, so that a failing one leaves the rest alive, as it would with
 * autocommit; transactions and sessions are savepoints.
 *
 * What it cannot show: `now()` stands still, sequences do not go back, NOTIFY is not delivered, and there is only one
 * connection. Tests of those use the committed variant.
 */
export class WorldDriver implements Driver {
  readonly engine: Driver['engine'];
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly #level: Level;

  constructor(
    private readonly real: Driver,
    connection: Transaction,
  ) {
    this.engine = real.engine;
    this.version = real.version;
    this.capabilities = { ...real.capabilities, concurrent: false, serializationFailures: false };
    this.#level = new Level(connection);
  }

  query(statement: Statement, options?: RunOptions): Promise<Result> {
    return this.#level.savepoint((tx) => tx.query(statement, options));
  }

  script(sql: string, options?: RunOptions): Promise<readonly Result[]> {
    return this.#level.savepoint((tx) => tx.script(sql, options));
  }

  copyIn(sql: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options?: RunOptions): Promise<number> {
    return this.#level.savepoint((tx) => tx.copyIn(sql, chunks, options));
  }

  copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array> {
    return this.#level.copyOut(sql, options);
  }

  batch(
    statements: readonly Statement[],
    options: TransactionOptions & { readonly end?: 'commit' | 'rollback' } = {},
  ): Promise<readonly Result[]> {
    const all = async (tx: Transaction) => {
      const results: Result[] = [];
      for (const statement of statements) results.push(await tx.query(statement, options));
      return results;
    };
    return options.end === 'rollback' ? this.#trial(all, options) : this.transaction(all, options);
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (options.readOnly) return this.#trial(work, options);
    return this.#level.savepoint(async (tx) => {
      const result = await this.#acting(tx, work, options);
      await tx.script(AS_IF_COMMITTED);
      return result;
    });
  }

  /** Undone in any case, which also ends the read-only mode. */
  async #trial<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions): Promise<T> {
    let outcome: { readonly value: T } | undefined;
    try {
      await this.#level.savepoint(async (tx) => {
        outcome = { value: await this.#acting(tx, work, options) };
        throw UNDO;
      });
    } catch (error) {
      if (error !== UNDO) throw error;
    }
    if (!outcome) throw new TypeError('a savepoint ended without running its work');
    return outcome.value;
  }

  async #acting<T>(tx: Transaction, work: (tx: Transaction) => Promise<T>, options: TransactionOptions): Promise<T> {
    if (options.readOnly) await tx.query({ text: 'set transaction read only' });
    const actor = actorStatement(options.actor);
    if (actor) await tx.query(actor);
    return work(tx);
  }

  /** One connection serves all: the session's settings last until the test ends. */
  async session(): Promise<Session> {
    const level = this.#level;
    return {
      query: (statement, options) => this.query(statement, options),
      script: (sql, options) => this.script(sql, options),
      copyIn: (sql, chunks, options) => this.copyIn(sql, chunks, options),
      copyOut: (sql, options) => level.copyOut(sql, options),
      savepoint: (work) => level.savepoint(work),
      release: async () => undefined,
    };
  }

  /** Nothing is ever heard: what a world notifies is not committed. And the embedded engine's one connection is taken. */
  async listen(): Promise<Unlisten> {
    return async () => undefined;
  }

  async notify(channel: string, payload: string): Promise<void> {
    await this.query({ text: 'select pg_notify($1, $2)', params: [channel, payload] });
  }

  /** Asked on the test's own connection: the embedded engine has no other, and would be waited for. */
  async health(): Promise<Health> {
    const started = performance.now();
    await this.query({ text: 'select 1' });
    return { ok: true, latency: performance.now() - started };
  }

  stats(): PoolStats {
    return this.real.stats();
  }

  observe(observer: (observation: Observation) => void): () => void {
    return this.real.observe(observer);
  }

  async close(): Promise<void> {
    // The engine outlives the test; its end is the process's.
  }
}

/** An open world, and the way to end it. */
export interface World {
  readonly driver: WorldDriver;
  undo(): Promise<void>;
}

/** Opens a world on `real`: a transaction that stays open until `undo`. */
export async function openWorld(real: Driver): Promise<World> {
  const opened = Promise.withResolvers<WorldDriver>();
  const ending = Promise.withResolvers<never>();
  ending.promise.catch(() => undefined);
  const ended = real.transaction(async (connection) => {
    opened.resolve(new WorldDriver(real, connection));
    await ending.promise;
  });
  ended.catch(opened.reject);
  const driver = await opened.promise;
  return {
    driver,
    async undo() {
      ending.reject(UNDO);
      await ended.catch((error: unknown) => {
        if (error !== UNDO) throw error;
      });
    },
  };
}
