import { ConnectionError, DatabaseError, type Result, type Statement } from '../driver.ts';
import type { TransactionState } from '../protocol/backend.ts';
import type { Receive } from '../protocol/frames.ts';
import { bind, closeStatement, describePortal, execute, parse, query, sync } from '../protocol/frontend.ts';
import { Writer } from '../protocol/writer.ts';
import { type CopySource, copyMessages } from './copy-messages.ts';
import { keepsSettings, RESET_SETTINGS } from './kept-settings.ts';
import type { Link } from './link.ts';
import { PREPARED_PER_SESSION, type Prepared, PreparedStatements } from './prepared.ts';
import { Replies } from './replies.ts';

const NO_PARAMS: readonly never[] = Object.freeze([]);

/** Called when the turn of a request has come; what it throws is the request's end. */
export type Check = () => void;

/**
 * One Postgres session and what the client side knows of it: its prepared statements, and whether it stands in a transaction.
 * Requests are sent one after another, whoever asks.
 */
export class Connection {
  /** As the last ReadyForQuery told. */
  state: TransactionState = 'idle';
  /** What ran may have left settings on the session. */
  keptSettings = false;
  private readonly prepared: PreparedStatements;
  private readonly writer = new Writer();
  private last: Promise<unknown> | undefined;
  private pending = 0;

  /** `prepares`: statements that come again are kept on the server by name. */
  constructor(
    readonly link: Link,
    prepares = true,
  ) {
    this.prepared = new PreparedStatements(prepares ? PREPARED_PER_SESSION : 0);
  }

  get broken(): boolean {
    return this.link.broken;
  }

  /** Something is under way on it. */
  get busy(): boolean {
    return this.pending > 0;
  }

  /** Runs statements as one request with one Sync: outside a transaction they are one, implicitly. */
  run(statements: readonly Statement[], check?: Check): Promise<readonly Result[]> {
    return this.inTurn(() => this.extended(statements), check);
  }

  /** Runs any SQL by the simple protocol. */
  script(sql: string, check?: Check): Promise<readonly Result[]> {
    return this.inTurn(async () => {
      this.keptSettings ||= keepsSettings(sql);
      query(this.writer, sql);
      const replies = new Replies();
      await this.link.exchange(this.writer.take(), replies.receive);
      return this.settle(replies);
    }, check);
  }

  /** `COPY … FROM STDIN`; resolves to the number of rows. */
  copyIn(sql: string, chunks: AsyncIterable<Uint8Array>, check?: Check): Promise<number> {
    return this.inTurn(async () => {
      query(this.writer, sql);
      const replies = new Replies();
      const source: CopySource = {};
      await this.link.copyIn(this.writer.take(), copyMessages(chunks, source), replies.receive);
      // What reading the data threw says more than the server's "COPY failed".
      if (source.failure !== undefined) throw this.failed(replies, source.failure.error);
      return this.settle(replies).reduce((sum, result) => sum + result.count, 0);
    }, check);
  }

  /** A simple query whose messages are handed on besides: `COPY … TO STDOUT`. */
  stream(sql: string, receive: Receive, check?: Check): Promise<readonly Result[]> {
    return this.inTurn(async () => {
      query(this.writer, sql);
      const replies = new Replies();
      await this.link.exchange(this.writer.take(), (type, buffer, start, end) => {
        replies.receive(type, buffer, start, end);
        receive(type, buffer, start, end);
      });
      return this.settle(replies);
    }, check);
  }

  /** An exchange that somebody else encodes and decodes; he tells the `state` that came of it. */
  raw(exchange: () => Promise<void>): Promise<void> {
    return this.inTurn(exchange);
  }

  /** Takes the session's state back to what it was at connect: settings, role, temporary tables, prepared statements. */
  async discard(): Promise<void> {
    if (this.state !== 'idle') await this.script('ROLLBACK');
    await this.script('DISCARD ALL');
    this.keptSettings = false;
    this.forgetPrepared();
  }

  /** Takes settings off the session again that were to outlive their transaction. */
  async dropSettings(): Promise<void> {
    if (!this.keptSettings || this.broken) return;
    this.keptSettings = false;
    await this.script(RESET_SETTINGS.join(';')).catch(() => this.link.end());
  }

  /** The session's prepared statements are gone, or must not be used again. */
  forgetPrepared(): void {
    this.prepared.clear();
  }

  private async extended(statements: readonly Statement[]): Promise<readonly Result[]> {
    const entries: Prepared[] = [];
    const unparsed: Prepared[] = [];
    const request = this.encode(statements, entries, unparsed);
    const replies = new Replies(statements, entries, unparsed);
    await this.link.exchange(request, replies.receive);
    if (replies.error !== undefined) this.forgetFailed(replies, entries, unparsed);
    return this.settle(replies);
  }

  private encode(statements: readonly Statement[], entries: Prepared[], unparsed: Prepared[]): Uint8Array<ArrayBuffer> {
    try {
      for (const name of this.prepared.dropped()) closeStatement(this.writer, name);
      for (const statement of statements) this.encodeOne(statement, entries, unparsed);
      sync(this.writer);
      return this.writer.take();
    } catch (error) {
      this.writer.clear();
      for (const prepared of unparsed) this.prepared.forget(prepared);
      throw error;
    }
  }

  private encodeOne(statement: Statement, entries: Prepared[], unparsed: Prepared[]): void {
    const prepared = this.prepared.take(statement);
    this.keptSettings ||= prepared.keepsSettings;
    if (!prepared.parsed && !unparsed.includes(prepared)) {
      unparsed.push(prepared);
      parse(this.writer, prepared.name, statement.text, statement.types);
    }
    bind(this.writer, prepared.name, statement.params ?? NO_PARAMS);
    if (prepared.fields === undefined) describePortal(this.writer);
    execute(this.writer);
    entries.push(prepared);
  }

  private forgetFailed(replies: Replies, entries: readonly Prepared[], unparsed: readonly Prepared[]): void {
    for (const prepared of unparsed) if (!prepared.parsed) this.prepared.forget(prepared);
    const failed = entries[replies.results.length];
    if (replies.error !== undefined && failed?.parsed && isStale(replies.error)) this.prepared.forget(failed);
  }

  private failed(replies: Replies, error: unknown): unknown {
    this.state = replies.state ?? this.state;
    return error;
  }

  private settle(replies: Replies): readonly Result[] {
    if (replies.state !== undefined) this.state = replies.state;
    if (replies.error !== undefined) throw replies.error;
    return replies.results;
  }

  private inTurn<T>(work: () => Promise<T>, check?: Check): Promise<T> {
    const start = () => this.start(work, check);
    const running = this.last === undefined || this.pending === 0 ? start() : this.last.then(start, start);
    this.pending++;
    this.last = running;
    return running;
  }

  private async start<T>(work: () => Promise<T>, check?: Check): Promise<T> {
    try {
      if (this.link.broken) throw gone();
      check?.();
      return await work();
    } finally {
      this.pending--;
    }
  }
}

const gone = (): ConnectionError =>
  new ConnectionError('the database session has ended; what it had not committed is undone', 'restarted');

/**
 * A prepared statement that must be prepared anew: a table changed so that its columns are others, or somebody closed it. The
 * first is told apart from other uses of its SQLSTATE by the C function that raises it, as postgres.js and pgjdbc do.
 */
export function isStale(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  return error.code === '26000' || (error.code === '0A000' && error.fields.routine === 'RevalidateCachedQuery');
}
