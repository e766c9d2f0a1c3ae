import { ConnectionError, DatabaseError, type Lease } from '../db/index.ts';
import { query } from '../db/protocol/frontend.ts';
import { Writer } from '../db/protocol/writer.ts';
import { Channels } from './channels.ts';
import { CopyInbox, copyResponse, plainCopyResponse } from './copy-in.ts';
import { Encoder } from './encode.ts';
import { CODES, failureOf } from './failure.ts';
import type { Hub } from './hub.ts';
import { answerLocally, type LocalAnswer } from './local.ts';
import type { Output } from './output.ts';
import { type ClientMessage, FLUSH, QUERY, readQuery, SYNC } from './protocol/messages.ts';
import {
  errorResponse,
  type Failure,
  notification,
  parameterStatus,
  readyForQuery,
  type StateByte,
} from './protocol/replies.ts';
import { Reply } from './reply.ts';
import { Reservation } from './reservation.ts';
import { NO_LIMITS, type Report, readReport, restoreStartup } from './session/report.ts';
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

/** What runs is given this long to end by itself before a cancel ends the engine under it. */
const CANCEL_GRACE = 50;
/** A statement whose client has left is ended after this. */
const ABANDONED_GRACE = 2_000;
const IDLE_CHECK = 250;

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
  private units: Unit[] = [];
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
  private waiting = new AbortController();
  /** A cancel came when the turn had been got, and nothing ran yet. */
  private cancelled = false;
  private running: AbortController | undefined;
  private idleTimer: ReturnType<typeof setTimeout> | undefined;
  private notifications: Uint8Array[] = [];
  private report: Report = { values: new Map(), limits: NO_LIMITS };
  private reportDue = false;

  constructor(
    private readonly hub: Hub,
    readonly session: Session,
    private readonly output: Output,
    private readonly options: ClientOptions,
    private readonly closed: () => void,
  ) {
    this.channels = new Channels(hub.driver, (channel, payload) => this.hear(channel, payload));
  }

  /** Begins the session: its settings are applied and told. Rejects with what is wrong with them. */
  async start(): Promise<void> {
    const lease = await this.turn();
    await this.tellSettings(lease);
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
    this.units.push(unit);
    if (!this.working) void this.work();
  }

  /** How many units wait. */
  get backlog(): number {
    return this.units.length;
  }

  /** A cancel request for this client: ends what it waits for or runs. */
  cancel(): void {
    const { running } = this;
    this.cancelled = this.working && running === undefined;
    this.waiting.abort(canceled());
    this.waiting = new AbortController();
    if (running !== undefined) setTimeout(() => running === this.running && running.abort(), CANCEL_GRACE);
  }

  /** The connection is gone, or is to go. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.units = [];
    clearTimeout(this.idleTimer);
    this.waiting.abort(new ConnectionError('the client has left', 'closed'));
    const { running } = this;
    if (running !== undefined) setTimeout(() => running === this.running && running.abort(), ABANDONED_GRACE).unref();
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
    clearTimeout(this.idleTimer);
    try {
      for (let unit = this.units.shift(); unit !== undefined; unit = this.units.shift()) {
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
      this.cancelled = false;
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
    const lease = await this.hub.enter(this.session, this.options.wait, this.waiting.signal);
    this.lease = lease;
    if (this.ended) throw new ConnectionError('the client has left', 'closed');
    if (this.cancelled) throw canceled();
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

  private async whileRunning(
    lease: Lease,
    work: (options: { signal: AbortSignal; timeout: number }) => Promise<void>,
  ): Promise<void> {
    const running = new AbortController();
    this.running = running;
    this.output.control(lease);
    try {
      await work({ signal: running.signal, timeout: this.report.limits.statement });
    } finally {
      this.running = undefined;
      this.output.control(undefined);
    }
  }

  private async waitForLock(key: string): Promise<void> {
    await this.release(false);
    const { lock } = this.report.limits;
    const limit = lock > 0 ? AbortSignal.timeout(lock) : undefined;
    const signal = limit === undefined ? this.waiting.signal : AbortSignal.any([this.waiting.signal, limit]);
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
    const { signal } = this.waiting;
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([this.inbox.complete, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
      clearTimeout(this.idleTimer);
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
    this.reportDue ||= traits.some(({ settings, discards }) => settings || discards);
    if (state === undefined) {
      this.output.flush();
      return;
    }
    const discarded = /^(?:DISCARD|DEALLOCATE) ALL$/.test(reply.lastTag) && reply.error === undefined;
    if (discarded) this.forget(reply.lastTag);
    if (state === 'I') this.transactionEnded(reply);
    if (this.reportDue && state !== 'E') await this.afterSettings(lease, state, reply.lastTag);
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

  private async afterSettings(lease: Lease, state: StateByte, tag: string): Promise<void> {
    this.hub.unnamed = undefined;
    if (tag === 'RESET' || tag === 'DISCARD ALL') await restoreStartup(lease, this.session);
    await this.tellSettings(lease);
    if (state === 'I') await this.hub.learnSettings(lease, this.session);
    // A transaction that rolls back takes its settings with it.
    this.reportDue = state === 'T';
  }

  private async tellSettings(lease: Lease): Promise<void> {
    const report = await readReport(lease);
    for (const [name, value] of report.values) {
      if (this.report.values.get(name) !== value) this.output.add(parameterStatus(name, value));
    }
    this.report = report;
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
    clearTimeout(this.idleTimer);
    await this.hub.release(lease, discarded);
  }

  /** Ends a client that keeps the session without using it, once others have waited long enough. */
  private watchIdle(lease: Lease): void {
    clearTimeout(this.idleTimer);
    const own = this.report.limits.idleInTransaction;
    const since = performance.now();
    const check = () => {
      const idle = performance.now() - since;
      const wanted = this.hub.driver.stats().waiting > 0;
      if ((own > 0 && idle >= own) || (wanted && idle >= this.options.idleInTransaction)) this.endIdle(lease);
      else this.idleTimer = setTimeout(check, IDLE_CHECK);
    };
    this.idleTimer = setTimeout(check, IDLE_CHECK);
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
    if (this.running !== undefined || this.working) {
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

  /** A client that left between Flush and Sync: the engine waits for the Sync. */
  private async endHalfCycle(): Promise<void> {
    if (this.lease === undefined) return;
    await runSql(this.lease, []);
    await this.lease.raw(new Writer().begin(SYNC).end().take());
  }
}

const canceled = (): DatabaseError => new DatabaseError('canceling statement due to user request', CODES.queryCanceled);

const FAILED_TRANSACTION: Owed = { queries: ['BEGIN', 'the transaction was undone'], state: 'E' };

const TEMPORARY_LOST: Failure = {
  severity: 'FATAL',
  code: CODES.crashShutdown,
  message: 'terminating connection because the embedded Postgres was restarted',
  detail: 'The temporary tables of this session are gone.',
};
