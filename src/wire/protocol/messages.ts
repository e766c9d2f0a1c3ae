import { HEADER_BYTES } from '../../db/protocol/frames.ts';
import { Writer } from '../../db/protocol/writer.ts';
import { type Traits, traitsOf } from '../sql/traits.ts';

/** What clients send, by type byte: read once, when it comes. */

export const PARSE = 0x50; // P
export const BIND = 0x42; // B
export const DESCRIBE = 0x44; // D
export const EXECUTE = 0x45; // E
export const CLOSE = 0x43; // C
export const SYNC = 0x53; // S
export const FLUSH = 0x48; // H
export const QUERY = 0x51; // Q
export const FUNCTION_CALL = 0x46; // F
export const TERMINATE = 0x58; // X
export const PASSWORD = 0x70; // p
export const COPY_DATA = 0x64; // d
export const COPY_DONE = 0x63; // c
export const COPY_FAIL = 0x66; // f

const STATEMENT = 0x53; // S
const PORTAL = 0x50; // P

/** Where a message lies as it came, with its header. */
interface Bytes {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

export interface QueryMessage extends Bytes {
  readonly type: typeof QUERY;
  readonly text: string;
  readonly traits: Traits;
}

export interface ParseMessage extends Bytes {
  readonly type: typeof PARSE;
  readonly name: string;
  readonly text: string;
  readonly traits: Traits;
  /** The parameter types, with their count before them. */
  readonly types: Buffer;
}

export interface BindMessage extends Bytes {
  readonly type: typeof BIND;
  readonly portal: string;
  readonly statement: string;
  /** Where its parameters and formats begin. */
  readonly valuesStart: number;
}

/** Describe and Close. */
export interface TargetMessage extends Bytes {
  readonly type: typeof DESCRIBE | typeof CLOSE;
  /** Undefined: neither, which Postgres refuses. */
  readonly of: 'statement' | 'portal' | undefined;
  readonly name: string;
}

export interface ExecuteMessage extends Bytes {
  readonly type: typeof EXECUTE;
  readonly portal: string;
}

/** What is passed on unread. */
export interface OtherMessage extends Bytes {
  readonly type:
    | typeof SYNC
    | typeof FLUSH
    | typeof FUNCTION_CALL
    | typeof COPY_DATA
    | typeof COPY_DONE
    | typeof COPY_FAIL;
}

export type ClientMessage = QueryMessage | ParseMessage | BindMessage | TargetMessage | ExecuteMessage | OtherMessage;

/** Reads the message between `start` and `end`. Throws RangeError where it is none that Postgres knows. */
export function readMessage(type: number, buffer: Buffer, start: number, end: number): ClientMessage {
  const body = start + HEADER_BYTES;
  switch (type) {
    case QUERY: {
      const { text } = cstring(buffer, body, end);
      return { type, buffer, start, end, text, traits: traitsOf(text) };
    }
    case PARSE:
      return readParse(buffer, start, end);
    case BIND: {
      const portal = cstring(buffer, body, end);
      const statement = cstring(buffer, portal.end, end);
      return { type, buffer, start, end, portal: portal.text, statement: statement.text, valuesStart: statement.end };
    }
    case DESCRIBE:
    case CLOSE: {
      const { text } = cstring(buffer, body + 1, end);
      return { type, buffer, start, end, of: targetOf(buffer[body]), name: text };
    }
    case EXECUTE:
      return { type, buffer, start, end, portal: cstring(buffer, body, end).text };
    case SYNC:
    case FLUSH:
    case FUNCTION_CALL:
    case COPY_DATA:
    case COPY_DONE:
    case COPY_FAIL:
      return { type, buffer, start, end };
    default:
      throw new RangeError(`invalid frontend message type ${type}`);
  }
}

/** How many bytes it has. */
export const lengthOf = ({ start, end }: ClientMessage): number => end - start;

/** The bytes themselves. */
export const bytesOf = ({ buffer, start, end }: ClientMessage): Buffer => buffer.subarray(start, end);

/** Writes it as it came. */
export function writeAsIs(to: Writer, { buffer, start, end }: ClientMessage): void {
  to.slice(buffer, start, end);
}

function targetOf(byte: number | undefined): TargetMessage['of'] {
  if (byte === STATEMENT) return 'statement';
  return byte === PORTAL ? 'portal' : undefined;
}

function readParse(buffer: Buffer, start: number, end: number): ParseMessage {
  const name = cstring(buffer, start + HEADER_BYTES, end);
  const { text, end: typesStart } = cstring(buffer, name.end, end);
  const types = typesAt(buffer, typesStart, end);
  return { type: PARSE, buffer, start, end, name: name.text, text, traits: traitsOf(text), types };
}

/** As many as their count says. Some clients write the count in four bytes; what follows two zero ones is nothing. */
function typesAt(buffer: Buffer, start: number, end: number): Buffer {
  if (start + 2 > end) throw new RangeError('no types in message');
  return buffer.subarray(start, Math.min(end, start + 2 + 4 * buffer.readUInt16BE(start)));
}

function cstring(buffer: Buffer, start: number, limit: number): { readonly text: string; readonly end: number } {
  if (start < limit && buffer[start] === 0) return { text: '', end: start + 1 };
  const end = buffer.indexOf(0, start);
  if (end < 0 || end >= limit) throw new RangeError('invalid string in message');
  return { text: buffer.toString('utf8', start, end), end: end + 1 };
}

export function writeParse(name: string, text: string, types: Buffer): Uint8Array {
  return new Writer().begin(PARSE).cstring(name).cstring(text).bytes(types).end().take();
}

export function writeBind(to: Writer, { buffer, end, portal, valuesStart }: BindMessage, statement: string): void {
  to.begin(BIND).cstring(portal).cstring(statement).slice(buffer, valuesStart, end).end();
}

export function writeStatementTarget(to: Writer, type: number, name: string): void {
  to.begin(type).byte(STATEMENT).cstring(name).end();
}
