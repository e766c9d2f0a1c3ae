import type { DatabaseError } from '../../db/index.ts';
import { COMMAND_COMPLETE, COPY_IN, ERROR, PARSE_COMPLETE, READY, readError } from '../../db/protocol/backend.ts';
import { HEADER_BYTES, type Receive } from '../../db/protocol/frames.ts';
import { Runs } from '../../db/protocol/runs.ts';
import { errorResponse, type StateByte } from '../protocol/replies.ts';
import type { Session } from '../session/session.ts';
import { LOCK_HELD_MARKER } from '../sql/rewrite.ts';
import type { Awaited } from './encode.ts';

const COMMAND_TAG_BYTES = 64;
const CLOSE_COMPLETE = 0x33;

/**
 * Reads the engine's reply to one request and passes on what is for the client, whole runs of messages at a time. ReadyForQuery
 * is kept back: the port has things to do before the client may go on.
 */
export class Reply {
  /** Undefined until ReadyForQuery. */
  state: StateByte | undefined;
  error: DatabaseError | undefined;
  /** The command tag of the statement that ended last. */
  lastTag = '';
  /** How many COPY IN responses are not passed on, because the client has had them. */
  copyResponsesSent = 0;
  /** The advisory lock that another client holds, where that is why the request failed. */
  heldLock: string | undefined;
  private parsed = 0;
  private closed = 0;
  private readonly runs: Runs;

  constructor(
    private readonly session: Session,
    private readonly awaited: Awaited,
    private readonly pass: (bytes: Uint8Array) => void,
    /** So many queries at the beginning are the port's own: their replies are not for the client. */
    private owed = 0,
  ) {
    this.runs = new Runs(pass);
  }

  readonly receive: Receive = (type, buffer, start, end) => {
    if (this.owed > 0) {
      if (type === READY) this.owed--;
      return;
    }
    switch (type) {
      case READY:
        this.state = stateByte(buffer[start]);
        return;
      case PARSE_COMPLETE:
        if (this.awaited.parses[this.parsed++]?.injected) return;
        break;
      case CLOSE_COMPLETE:
        if (this.awaited.closes[this.closed++]) return;
        break;
      case ERROR:
        this.fail(buffer, start, end);
        return;
      case COPY_IN:
        if (this.copyResponsesSent > 0) {
          this.copyResponsesSent--;
          return;
        }
        break;
      case COMMAND_COMPLETE:
        if (end - start < COMMAND_TAG_BYTES) this.lastTag = buffer.toString('latin1', start, end - 1);
    }
    this.runs.add(buffer, start, end);
  };

  /** Passes on what has been received. */
  flush(): void {
    this.runs.flush();
  }

  private fail(buffer: Buffer, start: number, end: number): void {
    this.error ??= readError(buffer, start);
    this.forgetUnparsed();
    this.heldLock = LOCK_HELD.exec(this.error.message)?.[1];
    if (this.heldLock !== undefined) {
      this.flush();
      this.pass(lockNotAvailable());
      return;
    }
    const text = buffer.toString('utf8', start, end);
    const translated = this.session.statements.translate(text);
    if (translated === text) {
      this.runs.add(buffer, start, end);
      return;
    }
    this.flush();
    const body = Buffer.from(translated);
    const message = Buffer.allocUnsafe(HEADER_BYTES + body.length);
    message[0] = ERROR;
    message.writeInt32BE(body.length + 4, 1);
    body.copy(message, HEADER_BYTES);
    this.pass(message);
  }

  /** After an error the engine passes over all up to Sync: what was to be parsed there does not exist. */
  private forgetUnparsed(): void {
    const { statements } = this.session;
    for (const { statement, injected, before } of this.awaited.parses.slice(this.parsed).reverse()) {
      statement.life = -1;
      if (injected || statements.get(statement.name) !== statement) continue;
      statements.delete(statement.name);
      if (before !== undefined) statements.set(before);
    }
    this.parsed = this.awaited.parses.length;
  }
}

const LOCK_HELD = new RegExp(`${LOCK_HELD_MARKER}([-\\d/]+)`);

/** Inside a transaction a lock can't be waited for: its holder would never get a turn to free it. */
const lockNotAvailable = (): Uint8Array =>
  errorResponse({
    severity: 'ERROR',
    code: '55P03',
    message: 'could not obtain the advisory lock: another client of this port holds it',
    detail: 'The embedded Postgres has one session, which a transaction keeps to itself until it ends.',
    hint: 'Take session-level advisory locks before the transaction begins; there they are waited for.',
  });

const stateByte = (byte: number | undefined): StateByte => (byte === 0x49 ? 'I' : byte === 0x54 ? 'T' : 'E');
