import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMMIT, ROLLBACK } from '../connection/actor.ts';
import type { Connection } from '../connection/connection.ts';
import { DatabaseError, type Result, type Statement } from '../driver.ts';
import { READ_ONLY_TRANSACTION } from '../sqlstate.ts';

/**
 * What a database answered to the questions of a start, so that the next start need not wait for the engine to ask them again. The answers hold
 * for one state of the data folder, which Postgres itself names: its control file, written by a shutdown in good order, has the
 * shutdown's place in the log and its time. After a crash, or once anybody else has had the folder open, it has another
 * content, and nothing is recalled.
 */
interface Kept {
  readonly state: string;
  /** `server_version`. */
  readonly version: string;
  readonly answers: Readonly<Record<string, Answer>>;
}

type Answer =
  | { readonly results: readonly Result[] }
  | { readonly error: { readonly message: string; readonly code: string; readonly fields: DatabaseError['fields'] } };

/** A folder without it, or one in which it is of another state, is as good; it only starts more slowly. */
const FILE = 'hutch_recall.json';

/** `DBState` in the control file, and its value after a shutdown in good order. Source: Postgres, catalog/pg_control.h. */
const STATE_AT = 16;
const SHUT_DOWN = 1;

/** Questions of one start; it has about a dozen. */
const MOST = 64;

export class Recall {
  /** The questions of this start: they are asked again at its end. */
  private readonly asked = new Map<string, readonly Statement[]>();

  private constructor(
    private readonly dataDir: string,
    private kept: Kept | undefined,
  ) {}

  /** Of a folder that is owned, and not open yet. */
  static of(dataDir: string): Recall {
    const kept = read(dataDir);
    return new Recall(dataDir, kept !== undefined && kept.state === stateOf(dataDir) ? kept : undefined);
  }

  /** Known where the answers hold. */
  get version(): string | undefined {
    return this.kept?.version;
  }

  /** The answer of last time, or undefined; what is asked is noted. Throws the DatabaseError that it was. */
  answer(statements: readonly Statement[]): readonly Result[] | undefined {
    const key = keyOf(statements);
    if (this.asked.size < MOST) this.asked.set(key, statements);
    const answer = this.kept?.answers[key];
    if (answer === undefined) return undefined;
    if ('results' in answer) return answer.results;
    throw new DatabaseError(answer.error.message, answer.error.code, answer.error.fields);
  }

  /** The database is being changed: what it answered last time holds no more. */
  forget(): void {
    this.kept = undefined;
  }

  /** Asks everything again, as the last thing before the engine is shut; gives the way to keep it once that is done. */
  async refresh(connection: Connection): Promise<() => void> {
    const version = await serverVersion(connection);
    const answers: Record<string, Answer> = {};
    for (const [key, statements] of this.asked) {
      const answer = await ask(connection, statements);
      if (answer !== undefined) answers[key] = answer;
    }
    return () => {
      const state = stateOf(this.dataDir);
      if (state !== undefined && this.asked.size > 0) write(this.dataDir, { state, version, answers });
    };
  }
}

/** Without what packagers add to it. */
export async function serverVersion(connection: Connection): Promise<string> {
  const [result] = await connection.script('SHOW server_version');
  return result?.rows[0]?.[0]?.split(' ')[0] ?? '';
}

/** Undefined for what turns out to be no mere question. */
async function ask(connection: Connection, statements: readonly Statement[]): Promise<Answer | undefined> {
  try {
    const results = await connection.run([BEGIN_READ_ONLY, ...statements, COMMIT]);
    return { results: results.slice(1, -1) };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    await connection.run([ROLLBACK]);
    const { message, code, fields } = error;
    return code === READ_ONLY_TRANSACTION ? undefined : { error: { message, code, fields } };
  }
}

const BEGIN_READ_ONLY: Statement = { text: 'BEGIN READ ONLY' };

const keyOf = (statements: readonly Statement[]): string =>
  new Bun.CryptoHasher('sha256')
    .update(JSON.stringify(statements.map(({ text, params = [] }) => [text, params])))
    .digest('hex');

function read(dataDir: string): Kept | undefined {
  try {
    // Nobody but us writes it, and whole.
    return JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}

function write(dataDir: string, kept: Kept): void {
  const path = join(dataDir, FILE);
  writeFileSync(`${path}.new`, JSON.stringify(kept), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Names the state of a folder that was shut down in good order, together with the engine that will open it; else undefined. */
function stateOf(dataDir: string): string | undefined {
  const path = join(dataDir, 'global', 'pg_control');
  if (!existsSync(path)) return undefined;
  const control = readFileSync(path);
  if (control.readInt32LE(STATE_AT) !== SHUT_DOWN) return undefined;
  return new Bun.CryptoHasher('sha256').update(control).update(engineIdentity()).digest('hex');
}

/** Another engine may answer otherwise. */
function engineIdentity(): string {
  const folder = dirname(Bun.resolveSync('@electric-sql/pglite', import.meta.dir));
  return String(statSync(join(folder, 'pglite.wasm')).size);
}
