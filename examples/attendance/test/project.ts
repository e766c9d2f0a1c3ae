import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Driver, openPostgres } from 'hutch';
import { PROJECT } from './database.ts';

/** The command line that `bun run` finds as `hutch`. */
const HUTCH = join(dirname(Bun.resolveSync('hutch', PROJECT)), 'cli', 'main.ts');

/** A copy of this project to do things to, on an empty database: embedded, or on the server of `TEST_DATABASE_URL`. */
export class Copy implements AsyncDisposable {
  private constructor(
    readonly root: string,
    private readonly database: Awaited<ReturnType<typeof emptyDatabase>>,
  ) {}

  static async make(): Promise<Copy> {
    // Inside the project, so that packages are found.
    mkdirSync(join(PROJECT, '.hutch'), { recursive: true });
    const root = mkdtempSync(join(PROJECT, '.hutch', 'copy-'));
    for (const name of ['drizzle', 'src', 'drizzle.config.ts', 'package.json'])
      cpSync(join(PROJECT, name), join(root, name), { recursive: true });
    return new Copy(root, await emptyDatabase());
  }

  /** Runs a script of package.json, as `bun run <script>` does. */
  async run(script: string, ...args: string[]) {
    const { scripts } = await Bun.file(join(this.root, 'package.json')).json();
    const [, ...words] = String(scripts[script]).split(' ');
    const child = this.spawn([...words, ...args]);
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { out: `${out}${err}`, code, json: () => JSON.parse(out) };
  }

  /** Starts the server; resolves with its banner. */
  async dev() {
    const child = this.spawn(['dev'], { PORT: '0', HUTCH_PG_PORT: '0', HUTCH_DRIZZLE_STUDIO_PORT: '0' });
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes('\n')) break;
    }
    if (!text.includes('\n')) throw new Error(`hutch dev ended: ${await child.stderr.text()}`);
    const { http, postgres }: { http: string; postgres: string | null } = JSON.parse(text.slice(0, text.indexOf('\n')));
    const stop = async () => {
      child.kill();
      await child.exited;
    };
    return { http, postgres: postgres ?? this.database?.url ?? '', [Symbol.asyncDispose]: stop };
  }

  private spawn(args: readonly string[], env: Record<string, string> = {}) {
    const database = { DATABASE_URL: this.database?.url, DATABASE_REPLICA_URLS: undefined, JWT_SECRET: SECRET };
    return Bun.spawn([process.execPath, HUTCH, ...args], {
      cwd: this.root,
      env: { ...process.env, ...database, ...env },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
  }

  migrations(): readonly string[] {
    return readdirSync(join(this.root, 'drizzle')).filter((it) => /^\d/.test(it));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.root, { recursive: true, force: true });
    await this.database?.drop();
  }
}

export const SECRET = 'a secret of the tests, of 32 bytes or more';

async function emptyDatabase() {
  const { TEST_DATABASE_URL } = process.env;
  if (!TEST_DATABASE_URL) return undefined;
  const server: Driver = await openPostgres({ url: TEST_DATABASE_URL, poolSize: 1 });
  const url = new URL(TEST_DATABASE_URL);
  url.pathname = `attendance_test_${crypto.randomUUID().slice(0, 8)}`;
  const name = url.pathname.slice(1);
  await server.script(`create database ${name}`);
  const drop = async () => {
    await server.script(`drop database if exists ${name} with (force)`);
    await server.close();
  };
  return { url: url.href, drop };
}
