import {
  BIND,
  type ClientMessage,
  COPY_DATA,
  COPY_DONE,
  COPY_FAIL,
  EXECUTE,
  FLUSH,
  FUNCTION_CALL,
  PARSE,
  QUERY,
  readBind,
  readParse,
  readQuery,
  SYNC,
} from '../protocol/messages.ts';
import type { Session } from '../session/session.ts';
import { traitsOf } from '../sql/traits.ts';

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

  /** The unit that the message completes, if it does. */
  add(message: ClientMessage): Unit | undefined {
    this.messages.push(message);
    this.bytes += message.bytes.length;
    if (message.type === QUERY || message.type === SYNC || message.type === FUNCTION_CALL) return this.take('ready');
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

/** Nothing in it but its end. */
export const isEmpty = (unit: Unit): boolean => unit.messages.every(({ type }) => type === SYNC || type === FLUSH);

export const isCopyMessage = (type: number): boolean => type === COPY_DATA || type === COPY_DONE || type === COPY_FAIL;

/** The `COPY … FROM STDIN` statements that a unit runs. */
export function copiesOf(unit: Unit, session: Session): readonly string[] {
  const [first] = unit.messages;
  if (first?.type === QUERY) return traitsOf(readQuery(first.bytes)).copies;
  if (!unit.messages.some(({ type }) => type === EXECUTE)) return [];
  const parsed = new Map<string, readonly string[]>();
  const copies: string[] = [];
  for (const { type, bytes } of unit.messages) {
    if (type === PARSE) parsed.set(readParse(bytes).name, traitsOf(readParse(bytes).text).copies);
    if (type !== BIND) continue;
    const { statement } = readBind(bytes);
    copies.push(...(parsed.get(statement) ?? session.statements.get(statement)?.traits.copies ?? []));
  }
  return copies;
}

const SEQUENCE_MEMORY = /\b(?:currval|lastval)\b/i;

/** Whether a unit asks what the session last drew from a sequence. */
export function readsSequences(unit: Unit, session: Session): boolean {
  return unit.messages.some(({ type, bytes }) => {
    if (type === QUERY) return SEQUENCE_MEMORY.test(readQuery(bytes));
    if (type === PARSE) return SEQUENCE_MEMORY.test(readParse(bytes).text);
    return type === BIND && SEQUENCE_MEMORY.test(session.statements.get(readBind(bytes).statement)?.text ?? '');
  });
}
