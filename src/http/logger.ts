import { type DestinationStream, type Logger, pino } from 'pino';
import { loggedError } from './logged-error.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: string;
  /** For a person at a terminal; JSON lines otherwise. */
  readonly pretty: boolean;
  /** Where lines go; standard error where absent, so that standard output stays for results. */
  readonly destination?: DestinationStream;
}

/** Keys whose values never reach a log line, at the top or one level down. */
const secretKeys = ['authorization', 'cookie', 'apikey', 'password', 'token', 'secret', 'params', 'email', 'phone'];

const redact = { paths: secretKeys.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' };

export async function createLogger(options: LoggerOptions): Promise<Logger> {
  const destination = options.destination ?? (await standardError(options.pretty));
  const serializers = { err: (error: unknown) => loggedError(error) };
  return pino(
    { level: options.level, base: null, redact, serializers, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
}

async function standardError(pretty: boolean): Promise<DestinationStream> {
  if (!pretty) return pino.destination({ dest: 2, sync: true });
  const { PinoPretty } = await import('pino-pretty');
  return PinoPretty({
    destination: 2,
    sync: true,
    colorize: process.env.NO_COLOR === undefined,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,id',
    singleLine: true,
  });
}
