import { Writer } from '../../db/protocol/writer.ts';

/** Messages that the port itself sends, beside those it passes on from Postgres. */

const code = (letter: string): number => letter.charCodeAt(0);

const AUTHENTICATION = code('R');
const PARAMETER_STATUS = code('S');
const BACKEND_KEY = code('K');
const NEGOTIATE = code('v');
const ERROR = code('E');
const READY = code('Z');
const NOTIFICATION = code('A');
const COMMAND_COMPLETE = code('C');
const PARAMETER_DESCRIPTION = code('t');

const AUTH_OK = 0;
const AUTH_SASL = 10;
const AUTH_SASL_CONTINUE = 11;
const AUTH_SASL_FINAL = 12;

/** What a client is told of a failure: Postgres's own fields. */
export interface Failure {
  readonly severity: 'ERROR' | 'FATAL';
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

export type StateByte = 'I' | 'T' | 'E';

function message(write: (to: Writer) => void): Uint8Array {
  const writer = new Writer();
  write(writer);
  return writer.take();
}

const authentication = (kind: number, body: (to: Writer) => void = () => {}): Uint8Array =>
  message((to) => {
    to.begin(AUTHENTICATION).int32(kind);
    body(to);
    to.end();
  });

export const authenticationOk = (): Uint8Array => authentication(AUTH_OK);

export const authenticationSasl = (mechanism: string): Uint8Array =>
  authentication(AUTH_SASL, (to) => to.cstring(mechanism).byte(0));

export const authenticationSaslContinue = (data: string): Uint8Array =>
  authentication(AUTH_SASL_CONTINUE, (to) => to.bytes(Buffer.from(data)));

export const authenticationSaslFinal = (data: string): Uint8Array =>
  authentication(AUTH_SASL_FINAL, (to) => to.bytes(Buffer.from(data)));

export const parameterStatus = (name: string, value: string): Uint8Array =>
  message((to) => to.begin(PARAMETER_STATUS).cstring(name).cstring(value).end());

export const backendKey = (pid: number, key: number): Uint8Array =>
  message((to) =>
    to
      .begin(BACKEND_KEY)
      .int32(pid)
      .int32(key | 0)
      .end(),
  );

/** Protocol 3.0 is spoken, whatever minor version was asked for, and none of the asked-for protocol options is known. */
export const negotiateVersion = (unknownOptions: readonly string[]): Uint8Array =>
  message((to) => {
    to.begin(NEGOTIATE)
      .int32(3 << 16)
      .int32(unknownOptions.length);
    for (const option of unknownOptions) to.cstring(option);
    to.end();
  });

const ready = (state: StateByte): Uint8Array => message((to) => to.begin(READY).byte(code(state)).end());

const READY_FOR_QUERY: Readonly<Record<StateByte, Uint8Array>> = { I: ready('I'), T: ready('T'), E: ready('E') };

export const readyForQuery = (state: StateByte): Uint8Array => READY_FOR_QUERY[state];

export const commandComplete = (tag: string): Uint8Array =>
  message((to) => to.begin(COMMAND_COMPLETE).cstring(tag).end());

/** A message without a body: ParseComplete `1`, BindComplete `2`, CloseComplete `3`, NoData `n`. */
export const completion = (letter: '1' | '2' | '3' | 'n'): Uint8Array => message((to) => to.begin(code(letter)).end());

export const parameterlessDescription = (): Uint8Array =>
  message((to) => to.begin(PARAMETER_DESCRIPTION).int16(0).end());

export const notification = (pid: number, channel: string, payload: string): Uint8Array =>
  message((to) => to.begin(NOTIFICATION).int32(pid).cstring(channel).cstring(payload).end());

export const errorResponse = (failure: Failure): Uint8Array =>
  message((to) => {
    to.begin(ERROR);
    const field = (letter: string, text: string | undefined) => {
      if (text !== undefined) to.byte(code(letter)).cstring(text.replaceAll('\0', ''));
    };
    field('S', failure.severity);
    field('V', failure.severity);
    field('C', failure.code);
    field('M', failure.message);
    field('D', failure.detail);
    field('H', failure.hint);
    to.byte(0).end();
  });
