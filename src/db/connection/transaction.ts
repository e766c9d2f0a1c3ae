import {
  ConnectionError,
  DatabaseError,
  type Executor,
  type Result,
  type Statement,
  type Transaction,
  type TransactionOptions,
} from '../driver.ts';
import { actorStatement, beginStatement, COMMIT, ROLLBACK } from './actor.ts';
import type { Connection } from './connection.ts';
import { ConnectionExecutor, type RunDefaults } from './executor.ts';

/**
 * A transaction on one connection. BEGIN and the actor's settings travel with the first statement, so that they cost no
 * round trip; without a statement nothing is sent at all.
 */
export class ConnectionTransaction extends ConnectionExecutor implements Transaction {
  private opening: Statement[];
  private started = false;
  private savepoints = 0;

  constructor(connection: Connection, defaults: RunDefaults, options: TransactionOptions = {}, waited = 0) {
    super(connection, defaults, options, waited);
    const actor = actorStatement(options.actor);
    this.opening = actor === undefined ? [beginStatement(options)] : [beginStatement(options), actor];
  }

  async savepoint<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return withSavepoint(this, `hutch_${++this.savepoints}`, () => work(this));
  }

  async commit(): Promise<void> {
    if (!this.started) return;
    const [end] = await this.connection.run([COMMIT], this.check);
    if (end?.command === 'ROLLBACK') throw aborted();
  }

  async rollback(): Promise<void> {
    if (!this.started || this.connection.broken || this.connection.state === 'idle') return;
    await this.connection.run([ROLLBACK]);
  }

  protected override async send(statements: readonly Statement[]): Promise<readonly Result[]> {
    if (this.started) return this.connection.run(statements, this.check);
    const { opening } = this;
    this.started = true;
    const results = await this.connection.run([...opening, ...statements]);
    return results.slice(opening.length);
  }

  protected override async open(): Promise<void> {
    if (!this.started) await this.send([]);
  }

  /** Without this a statement after a lost transaction would run, and commit, on its own. */
  protected override readonly check = (): void => {
    if (this.connection.state !== 'idle') return;
    throw new ConnectionError('the transaction has ended already', 'closed');
  };
}

/** Runs `work` in a savepoint: an error in it undoes what it did and is thrown on; the transaction around it lives. */
export async function withSavepoint<T>(connection: Executor, name: string, work: () => Promise<T>): Promise<T> {
  await connection.query({ text: `SAVEPOINT ${name}` });
  try {
    const value = await work();
    await connection.query({ text: `RELEASE SAVEPOINT ${name}` });
    return value;
  } catch (error) {
    await connection.script(`ROLLBACK TO SAVEPOINT ${name}; RELEASE SAVEPOINT ${name}`).catch(() => {});
    throw error;
  }
}

const aborted = (): DatabaseError =>
  new DatabaseError('the transaction was rolled back: a statement in it had failed', '25P02');
