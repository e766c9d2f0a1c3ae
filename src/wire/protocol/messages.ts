import { HEADER_BYTES } from '../../db/protocol/frames.ts';
import { Writer } from '../../db/protocol/writer.ts';

/** What clients send, by type byte, and how the messages that name a statement are read and renamed. */

const code = (letter: string): number => letter.charCodeAt(0);

export const PARSE = code('P');
export const BIND = code('B');
export const DESCRIBE = code('D');
export const EXECUTE = code('E');
export const CLOSE = code('C');
export const SYNC = code('S');
export const FLUSH = code('H');
export const QUERY = code('Q');
export const FUNCTION_CALL = code('F');
export const TERMINATE = code('X');
export const PASSWORD = code('p');
export const COPY_DATA = code('d');
export const COPY_DONE = code('c');
export const COPY_FAIL = code('f');

const STATEMENT = code('S');

/** A message with its header; the memory is its own. */
export interface ClientMessage {
  readonly type: number;
  readonly bytes: Buffer;
}

function cstring(bytes: Buffer, start: number): { readonly text: string; readonly end: number } {
  const end = bytes.indexOf(0, start);
  if (end < 0) throw new RangeError('invalid string in message');
  return { text: bytes.toString('utf8', start, end), end: end + 1 };
}

export const readQuery = (bytes: Buffer): string => cstring(bytes, HEADER_BYTES).text;

export interface ParseMessage {
  readonly name: string;
  readonly text: string;
  /** The parameter types that follow, with their count. */
  readonly types: Buffer;
}

export function readParse(bytes: Buffer): ParseMessage {
  const name = cstring(bytes, HEADER_BYTES);
  const text = cstring(bytes, name.end);
  return { name: name.text, text: text.text, types: typesAt(bytes, text.end) };
}

/** As many as their count says. Some clients write the count in four bytes; what follows two zero ones is nothing. */
function typesAt(bytes: Buffer, start: number): Buffer {
  const end = start + 2 + 4 * bytes.readUInt16BE(start);
  return end < bytes.length ? bytes.subarray(start, end) : bytes.subarray(start);
}

export function writeParse(name: string, text: string, types: Buffer): Uint8Array {
  return new Writer().begin(PARSE).cstring(name).cstring(text).bytes(types).end().take();
}

export interface BindMessage {
  readonly portal: string;
  readonly statement: string;
  readonly rest: Buffer;
}

export function readBind(bytes: Buffer): BindMessage {
  const portal = cstring(bytes, HEADER_BYTES);
  const statement = cstring(bytes, portal.end);
  return { portal: portal.text, statement: statement.text, rest: bytes.subarray(statement.end) };
}

export function writeBind(to: Writer, { portal, rest }: BindMessage, statement: string): void {
  to.begin(BIND).cstring(portal).cstring(statement).bytes(rest).end();
}

export interface TargetMessage {
  readonly isStatement: boolean;
  readonly name: string;
}

/** Describe and Close: of a statement or a portal. */
export function readTarget(bytes: Buffer): TargetMessage {
  return { isStatement: bytes[HEADER_BYTES] === STATEMENT, name: cstring(bytes, HEADER_BYTES + 1).text };
}

export function writeStatementTarget(to: Writer, type: number, name: string): void {
  to.begin(type).byte(STATEMENT).cstring(name).end();
}

export const readExecutePortal = (bytes: Buffer): string => cstring(bytes, HEADER_BYTES).text;
