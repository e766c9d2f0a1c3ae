import { Writer } from '../../db/protocol/writer.ts';
import type { Output } from '../connection/output.ts';
import { notification } from '../protocol/replies.ts';
import type { Hub } from '../session/hub.ts';
import { Reporting } from '../session/reporting.ts';
import type { Session } from '../session/session.ts';
import { Answers } from './answers.ts';
import { Channels } from './channels.ts';
import type { IdleLimits } from './idle-watch.ts';
import { Interruption } from './interruption.ts';
import { Owed } from './owed.ts';
import { Reservation } from './reservation.ts';
import { Turn } from './turn.ts';

export interface ClientOptions {
  /** Milliseconds a client waits for its turn before it is told that the database is busy. */
  readonly wait: number;
  /** Milliseconds a client may keep the session without using it, while others wait for it. */
  readonly idleInTransaction: number;
  readonly log: (message: string) => void;
}

/** What the client itself does when something happens to the parts of it. */
export interface ClientEvents {
  /** It has messages that are not answered yet. */
  working(): boolean;
  idleTooLong(): void;
}

/** What all that serves one client shares. */
export class ClientState {
  readonly interruption = new Interruption();
  readonly reservation = new Reservation();
  readonly owed = new Owed();
  readonly writer = new Writer();
  readonly answers: Answers;
  readonly channels: Channels;
  readonly reporting: Reporting;
  readonly turn: Turn;
  /** What was sent last was part of a transaction that had begun. */
  sentInside = false;
  /** Something failed that is not ended by a Sync yet: all messages up to that are passed over. */
  skipping = false;

  constructor(
    readonly hub: Hub,
    readonly session: Session,
    readonly output: Output,
    readonly options: ClientOptions,
    events: ClientEvents,
  ) {
    this.answers = new Answers(output, () => events.working());
    this.reporting = new Reporting(hub, session, output);
    this.channels = new Channels(hub.driver, (channel, payload) =>
      this.answers.notify(notification(hub.speaker ?? 0, channel, payload)),
    );
    this.turn = new Turn(hub, session, this.interruption, {
      wait: options.wait,
      idle: (): IdleLimits => ({
        own: this.reporting.limits.idleInTransaction,
        shared: options.idleInTransaction,
      }),
      idleTooLong: () => events.idleTooLong(),
    });
  }

  /** To the client it is inside a transaction. */
  get inside(): boolean {
    return this.owed.any || this.sentInside || this.turn.inTransaction;
  }
}
