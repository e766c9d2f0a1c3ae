import { ConnectionError } from '../../db/index.ts';
import type { Flow, Output } from '../connection/output.ts';
import { CODES, failureOf } from '../failure.ts';
import { type ClientMessage, SYNC } from '../protocol/messages.ts';
import { errorResponse, type Failure } from '../protocol/replies.ts';
import type { Hub } from '../session/hub.ts';
import type { Session } from '../session/session.ts';
import { Backlog } from './backlog.ts';
import { Copying } from './copying.ts';
import { exchange } from './exchange.ts';
import { leave } from './leave.ts';
import { answerLocally, type LocalAnswer } from './local.ts';
import { type ClientOptions, ClientState } from './state.ts';
import { isEmpty, needsOf, type Unit, UnitBuilder } from './units.ts';

/** One client after its startup: takes its messages, and answers as Postgres would. */
export class Client {
  private readonly state: ClientState;
  private readonly builder = new UnitBuilder();
  private readonly backlog: Backlog;
  private readonly copying: Copying;
  private working = false;
  private ended = false;

  constructor(
    hub: Hub,
    session: Session,
    private readonly output: Output,
    options: ClientOptions,
    input: Flow,
    private readonly closed: () => void,
  ) {
    this.state = new ClientState(hub, session, output, options, {
      working: () => this.working,
      idleTooLong: () => this.fatal(this.idleTooLong()),
    });
    this.backlog = new Backlog(input);
    this.copying = new Copying(this.state, this.backlog);
  }

  /** Begins the session: its settings are applied and told. Rejects with what is wrong with them. */
  async start(): Promise<void> {
    const { reporting, turn } = this.state;
    await reporting.tell(await turn.take());
    await turn.giveBack();
  }

  receive(message: ClientMessage): void {
    if (this.ended || this.copying.takes(message)) return;
    const before = this.builder.before(message);
    if (before !== undefined) this.backlog.push(before);
    const unit = this.builder.add(message);
    if (unit === undefined) return;
    this.backlog.push(unit);
    if (!this.working) void this.work();
  }

  /** A cancel request for this client: ends what it waits for or runs. */
  cancel(): void {
    this.state.interruption.cancel(this.working);
  }

  /** The connection is gone, or is to go. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.backlog.clear();
    this.state.turn.work();
    this.state.interruption.leave();
    if (!this.working) await this.leave();
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
    this.state.turn.work();
    try {
      for (let unit = this.backlog.shift(); unit !== undefined; unit = this.backlog.shift()) {
        if (!this.ended) await this.serve(unit);
      }
    } finally {
      this.working = false;
    }
    if (this.ended) await this.leave();
    else this.state.turn.rest();
  }

  private async serve(unit: Unit): Promise<void> {
    try {
      if (this.state.skipping) await this.skip(unit);
      else if (this.state.turn.held !== undefined || !this.answered(unit)) await this.run(unit);
    } catch (error) {
      if (!this.ended) await this.failed(unit, error);
    } finally {
      this.state.interruption.forget();
    }
  }

  private run(unit: Unit): Promise<void> {
    const needs = needsOf(unit, this.state.session);
    return needs.copies.length > 0 ? this.copying.run(unit, needs) : exchange(this.state, unit, needs);
  }

  /** Answers what needs no turn of the session. */
  private answered(unit: Unit): boolean {
    const { answers, owed } = this.state;
    const answer = isEmpty(unit) ? { replies: [] } : this.localAnswer(unit);
    if (answer === undefined) return false;
    if (answer.begin !== undefined) owed.begin(answer.begin);
    for (const bytes of answer.replies) this.output.add(bytes);
    if (unit.end === 'ready') answers.ready(owed.state);
    return true;
  }

  private localAnswer(unit: Unit): LocalAnswer | undefined {
    const { hub, owed, session } = this.state;
    return owed.state === 'E' ? undefined : answerLocally(unit, hub, session, owed.any);
  }

  /** Passes over what comes up to Sync. An engine that is there passes over it too, and has the Sync. */
  private async skip(unit: Unit): Promise<void> {
    const { answers, owed, turn } = this.state;
    const sync = unit.messages.at(-1);
    if (sync?.type !== SYNC) return;
    this.state.skipping = false;
    if (turn.held === undefined) answers.ready(owed.state);
    else await this.run({ messages: [sync], end: 'ready' });
  }

  /** The engine did not answer: the wait was too long, it was ended under the statement, or it died. */
  private async failed(unit: Unit, error: unknown): Promise<void> {
    const { answers, channels, inside, owed, session, turn } = this.state;
    const lost = session.lostTemporary;
    await turn.giveBack().catch(() => {});
    if (lost || isClosed(error)) {
      this.fatal(lost ? TEMPORARY_LOST : failureOf(error));
      return;
    }
    this.copying.clear();
    this.state.sentInside = false;
    channels.ended(false);
    if (inside) owed.fail();
    else owed.take();
    answers.error(failureOf(error));
    if (unit.end === 'ready') answers.ready(owed.state);
    else this.skipOn();
  }

  private skipOn(): void {
    this.state.skipping = true;
    this.output.flush();
  }

  private async leave(): Promise<void> {
    this.copying.clear();
    await leave(this.state);
  }

  private idleTooLong(): Failure {
    const { options, reservation } = this.state;
    const seconds = options.idleInTransaction / 1000;
    return {
      severity: 'FATAL',
      code: CODES.idleInTransaction,
      message: 'terminating connection due to idle-in-transaction timeout',
      detail: `It kept the one session of the embedded Postgres (${reservation.reason ?? 'an open transaction'}) for ${seconds} s without using it, and others waited.`,
      hint: 'The limit is HUTCH_PG_IDLE_IN_TRANSACTION.',
    };
  }
}

const isClosed = (error: unknown): boolean => error instanceof ConnectionError && error.code === 'closed';

const TEMPORARY_LOST: Failure = {
  severity: 'FATAL',
  code: CODES.crashShutdown,
  message: 'terminating connection because the embedded Postgres was restarted',
  detail: 'The temporary tables of this session are gone.',
};
