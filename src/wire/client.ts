import { ConnectionError, DatabaseError, type Lease } from '../db/index.ts';
import { bind, execute, parse, query, sync } from '../db/protocol/frontend.ts';
import { Writer } from '../db/protocol/writer.ts';
import { Backlog } from './backlog.ts';
import { Channels } from './channels.ts';
import { CopyInbox, copyResponse, plainCopyResponse } from './copy-in.ts';
import { Encoder } from './encode.ts';
import { CODES, failureOf } from './failure.ts';
import type { Hub } from './hub.ts';
import { IdleWatch } from './idle-watch.ts';
import { Interruption } from './interruption.ts';
import { answerLocally, type LocalAnswer } from './local.ts';
import type { Flow, Output } from './output.ts';
import { type ClientMessage, FLUSH, QUERY, readQuery, SYNC } from './protocol/messages.ts';
import { errorResponse, type Failure, notification, readyForQuery, type StateByte } from './protocol/replies.ts';
import { Reply } from './reply.ts';
import { Reservation } from './reservation.ts';
import { Reporting } from './session/reporting.ts';
import type { Session } from './session/session.ts';
import { runSql } from './session/sql.ts';
import { type Traits, traitsOf } from './sql/traits.ts';
import { copiesOf, isCopyMessage, isEmpty, readsSequences, type Unit, UnitBuilder } from './units.ts';

export interface ClientOptions {
  /** Milliseconds a client waits for its turn before it is told that the database is busy. */
  readonly wait: number;
  /** Milliseconds a client may keep the session without using it, while others wait for it. */
  readonly idleInTransaction: number;
  readonly log: (message: string) => void;
}

interface Owed {
  readonly queries: readonly string[];
  /** The transaction's state in the eyes of the client. */
  readonly state: StateByte;
}

/** One client after its startup: takes its messages, and answers as Postgres would. */
export class Client {
  private readonly builder = new UnitBuilder();
  private readonly inbox = new CopyInbox();
  private readonly channels: Channels;
  private readonly reservation = new Reservation();
  private readonly backlog: Backlog;
  private readonly interruption = new Interruption();
  private readonly idle: IdleWatch;
  private readonly reporting: Reporting;
  private working = false;
  /** The session, while this client has it. */
  private lease: Lease | undefined;
  /** After an error all messages up to Sync are passed over; Postgres does that itself, except where it is not there to do it. */
  private skipping = false;
  /** What was sent last was part of a transaction that had begun. */
  private sentInside = false;
  /** Queries to run before what comes next: a BEGIN that was answered already. */
  private owed: Owed | undefined;
  private copying = false;
  private ended = false;
  private notifications: Uint8Array[] = [];

  constructor(
    private readonly hub: Hub,
    readonly session: Session,
    private readonly output: Output,
    private readonly options: ClientOptions,
    input: Flow,
    private readonly closed: () => void,
  ) {
    this.backlog = new Backlog(input);
    this.idle = new IdleWatch(
      () => hub.driver.stats().waiting > 0,
      (lease) => this.endIdle(lease),
    );
    this.reporting = new Reporting(hub, session, output);
    this.channels = new Channels(hub.driver, (channel, payload) => this.hear(channel, payload));
  }

  /** Begins the session: its settings are applied and told. Rejects with what is wrong with them. */
  async start(): Promise<void> {
    const lease = await this.turn();
    await this.reporting.tell(lease);
    await this.release(false);
  }

  receive(message: ClientMessage): void {
    if (this.ended) return;
    if (isCopyMessage(message.type)) {
      this.inbox.add(message);
      return;
    }
    // While data is expected, Postgres ignores Flush and Sync.
    if (this.copying && (message.type === SYNC || message.type === FLUSH)) return;
    const unit = this.builder.add(message);
    if (unit === undefined) return;
    this.backlog.push(unit);
    if (!this.working) void this.work();
  }

  /** A cancel request for this client: ends what it waits for or runs. */
  cancel(): void {
    this.interruption.cancel(this.working);
  }

  /** The connection is gone, or is to go. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.backlog.clear();
    this.idle.stop();
    this.interruption.leave();
    if (!this.working) await this.cleanUp();
  }

  fatal(failure: Failure): void {
    if (this.ended) return;
    this.output.add(errorResponse({ ...failure, severity: 'FATAL' }));
    void this.output.end();
    void this.end();
    this.closed();
  }

  private async work(): Promise<void> {
    this.working = true;
    this.idle.stop();
    try {
      for (let unit = this.backlog.shift(); unit !== undefined; unit = this.backlog.shift()) {
        if (!this.ended) await this.serve(unit);
      }
    } finally {
      this.working = false;
    }
    if (this.ended) await this.cleanUp();
    else if (this.lease !== undefined) this.watchIdle(this.lease);
  }

  private async serve(unit: Unit): Promise<void> {
    try {
      if (this.skipping) this.skip(unit);
      else if (this.lease !== undefined || !this.answered(unit)) await this.run(unit);
    } catch (error) {
      if (!this.ended) await this.failed(unit, error);
    } finally {
      this.interruption.forget();
    }
  }

  private async run(unit: Unit): Promise<void> {
    const copies = copiesOf(unit, this.session);
    if (copies.length > 0) await this.copyIn(unit, copies);
    else await this.exchange(unit);
  }

  /** The engine's session, when it is this client's turn. */
  private async turn(): Promise<Lease> {
    if (this.lease !== undefined) return this.lease;
    const lease = await this.hub.enter(this.session, this.options.wait, this.interruption.signal);
    this.lease = lease;
    if (this.ended) throw new ConnectionError('the client has left', 'closed');
    this.interruption.check();
    this.hub.speaker = this.session.id;
    if (this.session.lostTemporary) throw new ConnectionError('temporary tables are gone', 'restarted');
    return lease;
  }

  private async exchange(unit: Unit): Promise<void> {
    for (;;) {
      const lease = await this.turn();
      if (readsSequences(unit, this.session)) await this.hub.forgetSequences(lease);
      const alone = lease.state === 'idle' && unit.end === 'ready' && this.owed === undefined;
      const writer = new Writer();
      const owed = this.payOwed(writer);
      this.sentInside = owed > 0 || lease.state !== 'idle';
      const encoder = this.encode(unit, writer);
      const waits = alone && encoder.traits.some(({ advisory }) => advisory);
      const held: Uint8Array[] = [];
      const pass = (bytes: Uint8Array) => (waits ? held.push(bytes) : this.output.add(bytes));
      const reply = new Reply(this.session, encoder, pass, owed);
      await this.whileRunning(lease, (options) => lease.stream(writer.take(), (piece) => reply.push(piece), options));
      if (waits && reply.heldLock !== undefined && reply.state === 'I') {
        await this.waitForLock(reply.heldLock);
        continue;
      }
      for (const bytes of held) this.output.add(bytes);
      return this.settle(lease, encoder.traits, reply);
    }
  }

  /** Writes what is owed; how many queries that are. */
  private payOwed(writer: Writer): number {
    const queries = this.owed?.queries ?? [];
    this.owed = undefined;
    for (const text of queries) query(writer, text);
    if (queries.length > 0) this.hub.unnamed = undefined;
    return queries.length;
  }

  private encode(unit: Unit, writer: Writer): Encoder {
    const encoder = new Encoder(this.hub, this.session, writer);
    for (const message of unit.messages) encoder.add(message);
    return encoder;
  }

  private whileRunning(
    lease: Lease,
    work: (options: { signal: AbortSignal; timeout: number }) => Promise<void>,
  ): Promise<void> {
    return this.interruption.during(lease, this.output, this.reporting.limits.statement, work);
  }

  private async waitForLock(key: string): Promise<void> {
    await this.release(false);
    const { lock } = this.reporting.limits;
    const { signal: interrupted } = this.interruption;
    const limit = lock > 0 ? AbortSignal.timeout(lock) : undefined;
    const signal = limit === undefined ? interrupted : AbortSignal.any([interrupted, limit]);
    try {
      await this.hub.locks.wait(this.session, key, signal);
    } catch (error) {
      if (!limit?.aborted) throw error;
      throw new DatabaseError('canceling statement due to lock timeout', CODES.lockNotAvailable);
    }
  }

  private async copyIn(unit: Unit, copies: readonly string[]): Promise<void> {
    const [copy = ''] = copies;
    if (copies.length > 1)
      throw new DatabaseError('only one COPY FROM STDIN fits in a query here', CODES.featureNotSupported);
    const lease = await this.turn();
    if (this.owed !== undefined) await runSql(lease, this.owed.queries).catch(() => {});
    this.owed = undefined;
    const response = await this.copyResponse(lease, unit, copy);
    if (response === undefined) return this.exchange(unit);
    this.copying = true;
    this.output.add(response);
    this.output.flush();
    // Others need not wait for the data of a client that is in no transaction.
    if (lease.state === 'idle') await this.release(false);
    else this.watchIdle(lease);
    await this.collected();
    await this.feed(unit);
  }

  private async copyResponse(lease: Lease, unit: Unit, copy: string): Promise<Uint8Array | undefined> {
    this.hub.unnamed = undefined;
    const [first] = unit.messages;
    const single = first?.type !== QUERY || traitsOf(readQuery(first.bytes)).count === 1;
    return single ? copyResponse(lease, copy) : plainCopyResponse();
  }

  private async collected(): Promise<void> {
    this.backlog.read();
    try {
      await this.interruption.unlessAborted(this.inbox.complete);
    } finally {
      this.idle.stop();
      this.copying = false;
    }
  }

  /** Runs the COPY with its data. A Sync that came before the data does not count; another follows it. */
  private async feed(unit: Unit): Promise<void> {
    const lease = await this.turn();
    const writer = new Writer();
    const messages = unit.messages.filter(({ type }) => type !== SYNC && type !== FLUSH);
    const encoder = this.encode({ messages, end: unit.end }, writer);
    const reply = new Reply(this.session, encoder, (bytes) => this.output.add(bytes));
    reply.copyResponsesSent = 1;
    const { inbox } = this;
    try {
      await this.whileRunning(lease, (options) =>
        lease.copyIn(writer.take(), inbox.messages(), reply.receive, options),
      );
      reply.flush();
    } finally {
      inbox.clear();
    }
    await this.settle(lease, encoder.traits, reply);
  }

  /** What has to happen between the engine's answer and the client's next step. */
  private async settle(lease: Lease, traits: readonly Traits[], reply: Reply): Promise<void> {
    const { state } = reply;
    this.sentInside = false;
    if (reply.error === undefined) for (const { listens } of traits) this.channels.ran(listens);
    this.reporting.ran(traits);
    if (state === undefined) {
      this.output.flush();
      return;
    }
    const discarded = /^(?:DISCARD|DEALLOCATE) ALL$/.test(reply.lastTag) && reply.error === undefined;
    if (discarded) this.forget(reply.lastTag);
    if (state === 'I') this.transactionEnded(reply);
    await this.reporting.settle(lease, state, reply.lastTag);
    if (state === 'I') await this.reservation.note(lease, this.hub, traits);
    this.ready(state);
    if (state === 'I' && !this.reservation.holds) await this.release(discarded);
  }

  private forget(tag: string): void {
    this.session.statements.clear();
    this.session.prepareTexts.clear();
    if (tag === 'DISCARD ALL') this.channels.unlisten();
  }

  private transactionEnded(reply: Reply): void {
    this.channels.ended(reply.error === undefined && reply.lastTag !== 'ROLLBACK');
    this.session.statements.forgetPortals();
  }

  private ready(state: StateByte): void {
    for (const bytes of this.notifications) this.output.add(bytes);
    this.notifications = [];
    this.output.add(readyForQuery(state));
    this.output.flush();
  }

  /** Answers what needs no turn of the session. */
  private answered(unit: Unit): boolean {
    const answer = isEmpty(unit) ? { replies: [] } : this.localAnswer(unit);
    if (answer === undefined) return false;
    if (answer.begin !== undefined) this.owed = { queries: [answer.begin], state: 'T' };
    for (const bytes of answer.replies) this.output.add(bytes);
    if (unit.end === 'ready') this.ready(this.owed?.state ?? 'I');
    return true;
  }

  private localAnswer(unit: Unit): LocalAnswer | undefined {
    if (this.owed?.state === 'E') return undefined;
    return answerLocally(unit, this.hub, this.session, this.owed !== undefined);
  }

  private skip(unit: Unit): void {
    if (unit.messages.at(-1)?.type !== SYNC) return;
    this.skipping = false;
    this.ready(this.owed?.state ?? 'I');
  }

  /** The engine did not answer: the wait was too long, it was ended under the statement, or it died. */
  private async failed(unit: Unit, error: unknown): Promise<void> {
    const lost = this.session.lostTemporary;
    if (lost || (error instanceof ConnectionError && error.code === 'closed')) {
      await this.release(false).catch(() => {});
      this.fatal(lost ? TEMPORARY_LOST : failureOf(error));
      return;
    }
    this.inbox.clear();
    const inside =
      this.owed !== undefined || this.sentInside || (this.lease !== undefined && this.lease.state !== 'idle');
    this.sentInside = false;
    await this.release(false).catch(() => {});
    this.channels.ended(false);
    // The transaction went with the engine. To its client it has failed, and ends with the client's own ROLLBACK.
    this.owed = inside ? FAILED_TRANSACTION : undefined;
    this.output.add(errorResponse(failureOf(error)));
    if (unit.end === 'ready') {
      this.ready(inside ? 'E' : 'I');
      return;
    }
    this.skipping = true;
    this.output.flush();
  }

  private async release(discarded: boolean): Promise<void> {
    const { lease } = this;
    if (lease === undefined) return;
    this.lease = undefined;
    this.idle.stop();
    await this.hub.release(lease, discarded);
  }

  /** Ends a client that keeps the session without using it, once others have waited long enough. */
  private watchIdle(lease: Lease): void {
    this.idle.start(lease, { own: this.reporting.limits.idleInTransaction, shared: this.options.idleInTransaction });
  }

  private endIdle(lease: Lease): void {
    if (this.lease !== lease) return;
    const seconds = this.options.idleInTransaction / 1000;
    this.fatal({
      severity: 'FATAL',
      code: CODES.idleInTransaction,
      message: 'terminating connection due to idle-in-transaction timeout',
      detail: `It kept the one session of the embedded Postgres (${this.reservation.reason ?? 'an open transaction'}) for ${seconds} s without using it, and others waited.`,
      hint: 'The limit is HUTCH_PG_IDLE_IN_TRANSACTION.',
    });
  }

  private hear(channel: string, payload: string): void {
    const bytes = notification(this.hub.speaker ?? 0, channel, payload);
    if (this.interruption.isRunning || this.working) {
      this.notifications.push(bytes);
      return;
    }
    this.output.add(bytes);
    this.output.flush();
  }

  private async cleanUp(): Promise<void> {
    this.inbox.clear();
    this.channels.unlisten();
    try {
      await this.endHalfCycle();
      await this.release(false);
      await this.hub.remove(this.session);
    } catch (error) {
      if (error instanceof ConnectionError) return;
      this.options.log(`the Postgres port could not clean up after a client: ${String(error)}`);
    }
  }

  /** A client that left between Flush and Sync: the engine waits for the Sync, which would commit what nobody asked to commit. */
  private async endHalfCycle(): Promise<void> {
    if (this.lease === undefined) return;
    const writer = new Writer();
    parse(writer, '', 'ROLLBACK');
    bind(writer, '', []);
    execute(writer);
    sync(writer);
    this.hub.unnamed = undefined;
    await this.lease.raw(writer.take());
  }
}

const FAILED_TRANSACTION: Owed = { queries: ['BEGIN', 'the transaction was undone'], state: 'E' };

const TEMPORARY_LOST: Failure = {
  severity: 'FATAL',
  code: CODES.crashShutdown,
  message: 'terminating connection because the embedded Postgres was restarted',
  detail: 'The temporary tables of this session are gone.',
};
