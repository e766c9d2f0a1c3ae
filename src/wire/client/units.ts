import {
  BIND,
  type ClientMessage,
  COPY_DATA,
  COPY_DONE,
  COPY_FAIL,
  EXECUTE,
  FLUSH,
  FUNCTION_CALL,
  lengthOf,
  PARSE,
  QUERY,
  SYNC,
} from '../protocol/messages.ts';
import type { Session } from '../session/session.ts';
import { PLAIN, type Traits } from '../sql/traits.ts';

/** Messages that go to the engine in one request. */
export interface Unit {
  readonly messages: readonly ClientMessage[];
  /** Whether the reply ends with ReadyForQuery, or the client goes on before that (Flush). */
  readonly end: 'ready' | 'flush';
}

/** A client that pipelines without end is served in portions of this size. */
const PORTION_BYTES = 1024 * 1024;

/** Puts a client's messages together to units. */
export class UnitBuilder {
  private messages: ClientMessage[] = [];
  private bytes = 0;

  /** What came before a message that is answered for itself: whether that is answered at all depends on how this goes. */
  before({ type }: ClientMessage): Unit | undefined {
    return this.messages.length > 0 && isWhole(type) ? this.take('flush') : undefined;
  }

  /** The unit that the message completes, if it does. */
  add(message: ClientMessage): Unit | undefined {
    this.messages.push(message);
    this.bytes += lengthOf(message);
    if (message.type === SYNC || isWhole(message.type)) return this.take('ready');
    if (message.type === FLUSH || this.bytes > PORTION_BYTES) return this.take('flush');
    return undefined;
  }

  private take(end: Unit['end']): Unit {
    const unit: Unit = { messages: this.messages, end };
    this.messages = [];
    this.bytes = 0;
    return unit;
  }
}

/** Answered up to ReadyForQuery without a Sync. */
const isWhole = (type: number): boolean => type === QUERY || type === FUNCTION_CALL;

/** Nothing in it but its end. */
export const isEmpty = (unit: Unit): boolean => unit.messages.every(({ type }) => type === SYNC || type === FLUSH);

export const isCopyMessage = (type: number): boolean => type === COPY_DATA || type === COPY_DONE || type === COPY_FAIL;

/** What of a unit has to be known before it is sent. */
export interface Needs {
  /** Texts of the `COPY … FROM STDIN` statements that it runs. */
  readonly copies: readonly string[];
  /** It asks what the session last drew from a sequence. */
  readonly sequences: boolean;
}

export function needsOf(unit: Unit, session: Session): Needs {
  const all = traitsIn(unit, session);
  return all.length === 0 ? NOTHING : { copies: copiesIn(unit, all), sequences: all.some((it) => it.readsSequences) };
}

const NOTHING: Needs = Object.freeze({ copies: [], sequences: false });

const copiesIn = (unit: Unit, all: readonly Traits[]): readonly string[] =>
  unit.messages.some(({ type }) => type === QUERY || type === EXECUTE) ? all.flatMap(({ copies }) => copies) : [];

/** Of the texts that it sends and binds, as far as they are not plain. */
function traitsIn({ messages }: Unit, { statements }: Session): readonly Traits[] {
  const found: Traits[] = [];
  const parsed = new Map<string, Traits>();
  for (const message of messages) {
    let traits = PLAIN;
    if (message.type === QUERY) traits = message.traits;
    else if (message.type === PARSE) parsed.set(message.name, message.traits);
    else if (message.type === BIND)
      traits = parsed.get(message.statement) ?? statements.get(message.statement)?.traits ?? PLAIN;
    if (traits !== PLAIN) found.push(traits);
  }
  return found;
}
