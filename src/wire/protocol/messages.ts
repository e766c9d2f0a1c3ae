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

/** A message as it came, with its header. */
interface Bytes {
  readonly bytes: Buffer;
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
  /** The parameters and formats. */
  readonly rest: Buffer;
}

/** Describe and Close: of a statement or a portal. */
export interface TargetMessage extends Bytes {
  readonly type: typeof DESCRIBE | typeof CLOSE;
  readonly isStatement: boolean;
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

/** Throws RangeError where it is none that Postgres knows. */
export function readMessage(type: number, bytes: Buffer): ClientMessage {
  switch (type) {
    case QUERY: {
      const { text } = cstring(bytes, HEADER_BYTES);
      return { type, bytes, text, traits: traitsOf(text) };
    }
    case PARSE:
      return readParse(bytes);
    case BIND: {
      const portal = cstring(bytes, HEADER_BYTES);
      const statement = cstring(bytes, portal.end);
      return { type, bytes, portal: portal.text, statement: statement.text, rest: bytes.subarray(statement.end) };
    }
    case DESCRIBE:
    case CLOSE:
      return {
        type,
        bytes,
        isStatement: bytes[HEADER_BYTES] === STATEMENT,
        name: cstring(bytes, HEADER_BYTES + 1).text,
      };
    case EXECUTE:
      return { type, bytes, portal: cstring(bytes, HEADER_BYTES).text };
    case SYNC:
    case FLUSH:
    case FUNCTION_CALL:
    case COPY_DATA:
    case COPY_DONE:
    case COPY_FAIL:
      return { type, bytes };
    default:
      throw new RangeError(`invalid frontend message type ${type}`);
  }
}

function readParse(bytes: Buffer): ParseMessage {
  const name = cstring(bytes, HEADER_BYTES);
  const { text, end } = cstring(bytes, name.end);
  return { type: PARSE, bytes, name: name.text, text, traits: traitsOf(text), types: typesAt(bytes, end) };
}

/** As many as their count says. Some clients write the count in four bytes; what follows two zero ones is nothing. */
function typesAt(bytes: Buffer, start: number): Buffer {
  const end = start + 2 + 4 * bytes.readUInt16BE(start);
  return end < bytes.length ? bytes.subarray(start, end) : bytes.subarray(start);
}

function cstring(bytes: Buffer, start: number): { readonly text: string; readonly end: number } {
  const end = bytes.indexOf(0, start);
  if (end < 0) throw new RangeError('invalid string in message');
  return { text: end === start ? '' : bytes.toString('utf8', start, end), end: end + 1 };
}

export function writeParse(name: string, text: string, types: Buffer): Uint8Array {
  return new Writer().begin(PARSE).cstring(name).cstring(text).bytes(types).end().take();
}

export function writeBind(to: Writer, { portal, rest }: BindMessage, statement: string): void {
  to.begin(BIND).cstring(portal).cstring(statement).bytes(rest).end();
}

export function writeStatementTarget(to: Writer, type: number, name: string): void {
  to.begin(type).byte(STATEMENT).cstring(name).end();
}
