import { DatabaseError, type Field, type Row } from '../driver.ts';

/** What a server sends: type bytes and decoders of message bodies, which lie in `buffer` from `start` to `end`. */

export const PARSE_COMPLETE = 0x31;
export const NOTIFICATION = 0x41;
export const COMMAND_COMPLETE = 0x43;
export const DATA_ROW = 0x44;
export const ERROR = 0x45;
export const COPY_IN = 0x47;
export const EMPTY_QUERY = 0x49;
export const ROW_DESCRIPTION = 0x54;
export const READY = 0x5a;
export const COPY_DATA = 0x64;
export const NO_DATA = 0x6e;

/** What ReadyForQuery says of the transaction: idle, in one, in one that has failed. */
export type TransactionState = 'idle' | 'open' | 'failed';

const STATES: Readonly<Record<number, TransactionState>> = { 73: 'idle', 84: 'open', 69: 'failed' };

/** Bytes of a field's description after its name, and where in them the type's OID lies. */
const FIELD_BYTES = 18;
const FIELD_TYPE = 6;

export function readFields(buffer: Buffer, start: number): Field[] {
  const count = buffer.readUInt16BE(start);
  const fields = new Array<Field>(count);
  let at = start + 2;
  for (let index = 0; index < count; index++) {
    const end = buffer.indexOf(0, at);
    fields[index] = { name: buffer.toString('utf8', at, end), type: buffer.readUInt32BE(end + 1 + FIELD_TYPE) };
    at = end + 1 + FIELD_BYTES;
  }
  return fields;
}

export function readRow(buffer: Buffer, start: number): Row {
  const count = buffer.readUInt16BE(start);
  const row = new Array<string | null>(count);
  let at = start + 2;
  for (let index = 0; index < count; index++) {
    const length = buffer.readInt32BE(at);
    at += 4;
    if (length < 0) {
      row[index] = null;
    } else {
      row[index] = buffer.toString('utf8', at, at + length);
      at += length;
    }
  }
  return row;
}

export interface Tag {
  readonly command: string;
  readonly count: number;
}

/** A command tag: `SELECT 5`, `INSERT 0 3` (an OID and the count), `CREATE TABLE`. */
export function readTag(buffer: Buffer, start: number, end: number): Tag {
  const tag = buffer.toString('latin1', start, end - 1);
  const last = lastNumber(tag);
  if (last < 0) return { command: tag, count: 0 };
  const rest = tag.slice(0, last);
  const before = lastNumber(rest);
  return { command: before < 0 ? rest : rest.slice(0, before), count: Number(tag.slice(last + 1)) };
}

/** Where the space before a number at the end is, or -1. By hand: there are several tags to each request, and a pattern is slow. */
function lastNumber(tag: string): number {
  const space = tag.lastIndexOf(' ');
  const digit = tag.charCodeAt(space + 1);
  return space >= 0 && digit >= 48 && digit <= 57 ? space : -1;
}

export function readState(buffer: Buffer, start: number): TransactionState {
  return STATES[buffer.readUInt8(start)] ?? 'failed';
}

export interface Notification {
  readonly channel: string;
  readonly payload: string;
}

export function readNotification(buffer: Buffer, start: number): Notification {
  const channelAt = start + 4;
  const channelEnd = buffer.indexOf(0, channelAt);
  const payloadEnd = buffer.indexOf(0, channelEnd + 1);
  return {
    channel: buffer.toString('utf8', channelAt, channelEnd),
    payload: buffer.toString('utf8', channelEnd + 1, payloadEnd),
  };
}

/** An ErrorResponse or NoticeResponse; its fields' letters are those of "Error and Notice Message Fields". */
export function readError(buffer: Buffer, start: number): DatabaseError {
  const field = readErrorFields(buffer, start);
  const position = field.get('P');
  return new DatabaseError(field.get('M') ?? 'unknown error', field.get('C') ?? 'XX000', {
    severity: field.get('V') ?? field.get('S'),
    detail: field.get('D'),
    hint: field.get('H'),
    position: position === undefined ? undefined : Number(position),
    where: field.get('W'),
    schema: field.get('s'),
    table: field.get('t'),
    column: field.get('c'),
    dataType: field.get('d'),
    constraint: field.get('n'),
    routine: field.get('R'),
  });
}

function readErrorFields(buffer: Buffer, start: number): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = start; buffer[at] !== 0 && at < buffer.length; ) {
    const end = buffer.indexOf(0, at + 1);
    fields.set(String.fromCharCode(buffer.readUInt8(at)), buffer.toString('utf8', at + 1, end));
    at = end + 1;
  }
  return fields;
}
