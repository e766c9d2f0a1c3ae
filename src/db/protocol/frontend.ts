import type { Param } from '../driver.ts';
import type { Writer } from './writer.ts';

/**
 * The messages a client sends, as "Message Formats" in the Postgres manual has them (protocol 3.0). Results are always asked
 * for in text format; byte parameters go in binary format.
 */

const code = (letter: string): number => letter.charCodeAt(0);

const PARSE = code('P');
const BIND = code('B');
const DESCRIBE = code('D');
const EXECUTE = code('E');
const CLOSE = code('C');
const SYNC = code('S');
const QUERY = code('Q');
const COPY_DATA = code('d');
const COPY_DONE = code('c');
const COPY_FAIL = code('f');
const TERMINATE = code('X');
const PORTAL = code('P');
const STATEMENT = code('S');

const TEXT_FORMAT = 0;
const BINARY_FORMAT = 1;
const NULL_LENGTH = -1;
const ALL_ROWS = 0;

/** The protocol counts parameters in 16 bits. */
export const MAX_PARAMETERS = 65_535;

export function parse(to: Writer, name: string, text: string, types: readonly number[] = []): void {
  to.begin(PARSE).cstring(name).cstring(text).int16(types.length);
  for (const type of types) to.int32(type);
  to.end();
}

/** Binds to the unnamed portal. */
export function bind(to: Writer, statement: string, params: readonly Param[]): void {
  if (params.length > MAX_PARAMETERS) {
    throw new RangeError(`a statement takes at most ${MAX_PARAMETERS} parameters, this one has ${params.length}`);
  }
  to.begin(BIND).cstring('').cstring(statement);
  writeFormats(to, params);
  to.int16(params.length);
  for (const param of params) writeParam(to, param);
  to.int16(1).int16(TEXT_FORMAT).end();
}

function writeFormats(to: Writer, params: readonly Param[]): void {
  if (!params.some((param) => param instanceof Uint8Array)) {
    to.int16(0);
    return;
  }
  to.int16(params.length);
  for (const param of params) to.int16(param instanceof Uint8Array ? BINARY_FORMAT : TEXT_FORMAT);
}

function writeParam(to: Writer, param: Param): void {
  if (param === null) to.int32(NULL_LENGTH);
  else if (typeof param === 'string') to.sized(param);
  else to.int32(param.length).bytes(param);
}

export function describePortal(to: Writer): void {
  to.begin(DESCRIBE).byte(PORTAL).cstring('').end();
}

export function execute(to: Writer): void {
  to.begin(EXECUTE).cstring('').int32(ALL_ROWS).end();
}

export function closeStatement(to: Writer, name: string): void {
  to.begin(CLOSE).byte(STATEMENT).cstring(name).end();
}

export function sync(to: Writer): void {
  to.begin(SYNC).end();
}

export function query(to: Writer, sql: string): void {
  to.begin(QUERY).cstring(sql).end();
}

export function copyData(to: Writer, chunk: Uint8Array): void {
  to.begin(COPY_DATA).bytes(chunk).end();
}

export function copyDone(to: Writer): void {
  to.begin(COPY_DONE).end();
}

export function copyFail(to: Writer, reason: string): void {
  to.begin(COPY_FAIL).cstring(reason.replaceAll('\0', ' ')).end();
}

export function terminate(to: Writer): void {
  to.begin(TERMINATE).end();
}
