import { TransactionRollbackError } from 'drizzle-orm';
import type { Context, MiddlewareHandler } from 'hono';
import type { Actor } from '../../db/driver.ts';
import { HutchError } from '../../errors/index.ts';
import type { Database, TransactionOf } from '../database.ts';
import { actAs } from './actor.ts';
import { deferredDatabase } from './deferred.ts';
import { collectHooks, runHooks } from './hooks.ts';
import type { IsolationLevel } from './transaction.ts';

/** The Hono variables a route sees behind `requestTransaction(db)`. */
export interface RequestVariables<D extends Database> {
  tx: TransactionOf<D>;
}

export interface RequestTransactionSettings {
  readonly isolation?: IsolationLevel;
  /** Who acts in this request. Default: the variable `actor`, where a middleware before this one has set it. */
  readonly actor?: (context: Context) => Actor | undefined;
}

/** The lowest status that undoes what the request wrote; a refusal (4xx) is an answer, and may well record something. */
const FAILURE = 500;

/**
 * Gives each request one transaction, `c.var.tx`: committed when the handlers are done, rolled back when one of them
 * threw or the status is 500 or above. It begins with the first statement, so a request that never touches `c.var.tx`
 * costs nothing; everything on it runs on one connection, as the request's actor.
 *
 * It ends before the response's body is streamed, so a streaming handler has to read what it needs first. No retries:
 * a request cannot be replayed from inside; send the client a 409, or wrap the part in `transaction`.
 *
 * ```ts
 * const app = new Hono().use(requestTransaction(db)).post('/users', async (c) => {
 *   const [user] = await c.var.tx.insert(users).values({ email: 'ada@example.com' }).returning();
 *   afterCommit(c.var.tx, () => mailer.welcome(user));
 *   return c.json(user, 201);
 * });
 * ```
 *
 * @throws HutchError `transaction_aborted` where a handler swallowed a database error and reported success: Postgres has
 *   then undone the transaction, and answering 200 would lose writes silently.
 */
export function requestTransaction<D extends Database>(
  db: D,
  settings: RequestTransactionSettings = {},
): MiddlewareHandler<{ Variables: RequestVariables<D> }> {
  return async (c, next) => {
    const request = new RequestTransaction(db, settings.actor?.(c) ?? actorOf(c), settings.isolation);
    c.set('tx', request.tx);
    try {
      await next();
    } catch (error) {
      await request.rollback();
      throw error;
    }
    await (c.error || c.res.status >= FAILURE ? request.rollback() : request.commit());
  };
}

/** Set by the authentication middleware, where there is one. */
function actorOf(c: Context): Actor | undefined {
  const actor: unknown = c.get('actor');
  return typeof actor === 'object' && actor !== null ? actor : undefined;
}

/** Thrown through Drizzle's `transaction` to make it roll back, and caught again outside. */
const ROLLBACK = Symbol('rollback');

class RequestTransaction<D extends Database> {
  readonly tx: TransactionOf<D>;
  readonly #hooks;
  readonly #ending = Promise.withResolvers<void>();
  #begun: Promise<Database> | undefined;
  #ended: Promise<void> | undefined;
  #closed = false;
  #failure: unknown;

  constructor(
    private readonly db: D,
    private readonly actor: Actor | undefined,
    private readonly isolation: IsolationLevel | undefined,
  ) {
    const failed = (error: unknown) => {
      this.#failure ??= error;
    };
    const deferred = deferredDatabase(db, () => this.#begin(), failed);
    // `rollback` is what makes a Drizzle database a transaction: helpers nest in it, and a handler may call it.
    Object.defineProperty(deferred, 'rollback', { value: rollback });
    // With `rollback` it has every member of TransactionOf<D>; only its class is another one.
    this.tx = deferred as unknown as TransactionOf<D>;
    this.#hooks = collectHooks(this.tx);
    this.#ending.promise.catch(() => undefined);
  }

  #begin(): Promise<Database> {
    if (this.#closed) throw new HutchError('transaction_aborted', { details: 'The request that owned it has ended' });
    this.#begun ??= this.#open();
    return this.#begun;
  }

  #open(): Promise<Database> {
    const opened = Promise.withResolvers<Database>();
    const config = this.isolation && { isolationLevel: this.isolation };
    this.#ended = this.db.transaction(async (tx) => {
      if (this.actor) await actAs(tx, this.actor);
      opened.resolve(tx);
      await this.#ending.promise;
    }, config);
    // A failure to begin reaches whoever sent the first statement; the end is awaited by commit and rollback.
    this.#ended.catch(opened.reject);
    return opened.promise;
  }

  async commit(): Promise<void> {
    this.#closed = true;
    if (!this.#begun) return runHooks(this.#hooks);
    await this.#assertAlive(await this.#begun);
    this.#ending.resolve();
    await this.#ended;
    await runHooks(this.#hooks);
  }

  async rollback(): Promise<void> {
    this.#closed = true;
    this.#ending.reject(ROLLBACK);
    await this.#ended?.catch(() => undefined);
  }

  /** Asks only where a statement has failed: Postgres turns the commit of an aborted transaction into a rollback, silently. */
  async #assertAlive(tx: Database): Promise<void> {
    if (this.#failure === undefined) return;
    try {
      await tx.execute('select 1');
    } catch {
      await this.rollback();
      throw new HutchError('transaction_aborted', { cause: this.#failure });
    }
  }
}

function rollback(): never {
  throw new TransactionRollbackError();
}
