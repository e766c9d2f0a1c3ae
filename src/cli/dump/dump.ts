import { HutchError } from '../../errors/index.ts';
import { answer, type FromDump, fail, newBridge, type ToDump } from './bridge.ts';
import { RawSession } from './raw-session.ts';

export interface DumpOptions {
  /** More of pg_dump's own options: `--schema-only`, `--table=…`. */
  readonly args?: readonly string[];
}

/** Lifts a limit for the load, which servers before 17 have not and stumble over. */
const TRANSACTION_TIMEOUT = /^SET transaction_timeout = 0;\n/m;

/** Rows in one INSERT: a statement a row would load some ten times more slowly. */
const ROWS_PER_INSERT = 200;

/**
 * A database as SQL that psql loads into any Postgres of the same major version; that of an embedded one also into older ones, as far as they
 * have what it uses. A pg_dump of the system is used where it is of
 * the server's version, else the one that comes with PGlite's tools. Rejects with HutchError `dump_failed`.
 */
export async function dumpDatabase(url: string, options: DumpOptions = {}): Promise<string> {
  const { session, greeting } = await RawSession.open(url);
  const version = /server_version\0(\d+)/.exec(Buffer.from(greeting).toString('latin1'))?.[1];
  if (version !== undefined && version === (await systemVersion())) {
    session.close();
    return dumpBySystem(url, options.args ?? []);
  }
  try {
    return (await dumpByTools(session, greeting, options.args ?? [])).replace(TRANSACTION_TIMEOUT, '');
  } finally {
    session.close();
  }
}

/** The major version of the system's pg_dump, or undefined where there is none. */
async function systemVersion(): Promise<string | undefined> {
  if (Bun.which('pg_dump') === null) return undefined;
  const run = Bun.spawn(['pg_dump', '--version'], { stdout: 'pipe', stderr: 'ignore' });
  return /(\d+)/.exec(await new Response(run.stdout).text())?.[1];
}

async function dumpBySystem(url: string, args: readonly string[]): Promise<string> {
  const run = Bun.spawn(['pg_dump', ...args, `--dbname=${url}`], { stdout: 'pipe', stderr: 'pipe' });
  const [sql, complaint, status] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
    run.exited,
  ]);
  if (status !== 0) throw new HutchError('dump_failed', { details: complaint.trim() });
  return sql;
}

function dumpByTools(session: RawSession, greeting: Uint8Array, args: readonly string[]): Promise<string> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  const bridge = newBridge();
  let greeted = false;
  const converse = async (bytes: Uint8Array): Promise<void> => {
    // The session has been opened already; pg_dump's own startup gets the same greeting.
    const isStartup = !greeted;
    greeted = true;
    answer(bridge, isStartup ? greeting : await session.exchange(bytes));
  };
  const dumped = new Promise<string>((resolve, reject) => {
    const failed = (reason: string) => reject(new HutchError('dump_failed', { details: reason }));
    worker.onerror = ({ message }) => failed(message);
    worker.onmessage = ({ data }: MessageEvent<FromDump>) => {
      if (data.kind === 'request') converse(data.bytes).catch(() => fail(bridge));
      else if (data.kind === 'failed') failed(data.reason);
      else resolve(data.sql);
    };
    const message: ToDump = { bridge, args: [`--rows-per-insert=${ROWS_PER_INSERT}`, ...args] };
    worker.postMessage(message);
  });
  return dumped.finally(() => worker.terminate());
}
