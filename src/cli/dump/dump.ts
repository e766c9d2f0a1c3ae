import type { PostgresAddress } from '../../db/index.ts';
import { HutchError } from '../../errors/index.ts';
import { libpqTarget } from '../libpq.ts';
import { answer, type FromDump, fail, newBridge, type ToDump } from './bridge.ts';
import { DumpSession } from './dump-session.ts';

export interface DumpOptions {
  /** More of pg_dump's own options: `--schema-only`, `--table=…`. */
  readonly args?: readonly string[];
  /** Aborting ends it, on the server too. */
  readonly signal?: AbortSignal;
}

/** Lifts a limit for the load, which servers before 17 have not and stumble over. */
const TRANSACTION_TIMEOUT = 'SET transaction_timeout = 0;\n';

/** Rows in one INSERT: a statement a row would load some ten times more slowly. */
const ROWS_PER_INSERT = 200;

/**
 * A database as SQL that psql loads into any Postgres of the same major version; that of an embedded one also into older ones, as far as they
 * have what it uses. A pg_dump of the system is used where it is of the server's version, else the one that comes with PGlite's tools,
 * which reads servers of its own version and older. Throws HutchError `dump_failed`, at the end if need be.
 */
export async function* dumpDatabase(
  address: PostgresAddress & { readonly url: string },
  { args = [], signal }: DumpOptions = {},
): AsyncGenerator<Uint8Array> {
  const session = await DumpSession.open(address);
  if (Number.parseInt(session.serverVersion, 10) === (await systemVersion())) {
    await session.close();
    yield* dumpBySystem(address, args, signal);
  } else {
    yield withoutTimeout(await dumpByTools(session, args, signal).finally(() => session.close()));
  }
}

/** The major version of the system's pg_dump, or undefined where there is none. */
async function systemVersion(): Promise<number | undefined> {
  if (Bun.which('pg_dump') === null) return undefined;
  const run = Bun.spawn(['pg_dump', '--version'], { stdout: 'pipe', stderr: 'ignore' });
  return Number(/(\d+)/.exec(await run.stdout.text())?.[1]);
}

async function* dumpBySystem(
  address: PostgresAddress & { readonly url: string },
  args: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { url, env } = libpqTarget(address);
  // pg_dump cancels its query when it is asked to end.
  const run = Bun.spawn(['pg_dump', ...args, `--dbname=${url}`], { env, stdout: 'pipe', stderr: 'pipe', signal });
  const complaint = run.stderr.text();
  yield* run.stdout;
  if ((await run.exited) !== 0) throw new HutchError('dump_failed', { details: (await complaint).trim() });
}

function dumpByTools(session: DumpSession, args: readonly string[], signal?: AbortSignal): Promise<Uint8Array> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  const bridge = newBridge();
  let greeted = false;
  const converse = async (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    // The session is open already: pg_dump's own startup is greeted by us.
    const isStartup = !greeted;
    greeted = true;
    answer(bridge, isStartup ? session.greeting() : await session.exchange(bytes));
  };
  const dumped = new Promise<Uint8Array>((resolve, reject) => {
    const failed = (reason: string) => reject(dumpFailed(reason));
    signal?.addEventListener('abort', () => void session.cancel().then(() => failed('It was interrupted')));
    worker.onerror = ({ message }) => failed(message);
    worker.onmessage = ({ data }: MessageEvent<FromDump>) => {
      if (data.kind === 'request') converse(data.bytes).catch(() => fail(bridge));
      else if (data.kind === 'failed') failed(data.reason);
      else resolve(data.dump);
    };
    const message: ToDump = { bridge, args: [`--rows-per-insert=${ROWS_PER_INSERT}`, ...args] };
    worker.postMessage(message);
  });
  return dumped.finally(() => worker.terminate());
}

/** pg_dump takes the Worker's file for its own name, and puts that before each line. */
const LINE = /(?:\S*\/)?worker\.ts: (?:error|detail|hint): /;
const NEWER = /server version: (\d+)\S*; \S+ version: (\d+)/;

function dumpFailed(reason: string): HutchError {
  const [, server, own] = NEWER.exec(reason) ?? [];
  if (server !== undefined) {
    const details = `The server is PostgreSQL ${server}, and the pg_dump that comes with Hutch reads none after ${own}`;
    return new HutchError('dump_failed', { details, hint: `Install pg_dump ${server}: it is used then` });
  }
  const [preamble, ...lines] = reason.split(LINE);
  return new HutchError('dump_failed', { details: lines.length === 0 ? preamble : lines.join('; ') });
}

function withoutTimeout(dump: Uint8Array): Uint8Array {
  const bytes = Buffer.from(dump.buffer, dump.byteOffset, dump.byteLength);
  const at = bytes.indexOf(TRANSACTION_TIMEOUT);
  // Among the first lines; further down it would be somebody's data.
  return at === -1 || at > 4_096
    ? dump
    : Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + TRANSACTION_TIMEOUT.length)]);
}
