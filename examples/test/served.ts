/** `hutch dev --project examples/<name>` as a user starts it, in a copy of the folder, so that runs meet neither each other nor old data. */
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { firstLine } from '../../src/cli/test/first-line.ts';
import { EXAMPLES } from './projects.ts';

const REPOSITORY = join(EXAMPLES, '..');
const CLI = join(REPOSITORY, 'scripts', 'hutch.ts');
const SECRET = 'a secret of at least thirty-two characters';

/** A copy of an example, elsewhere, where `hutch` is this repository. */
export class Copy implements AsyncDisposable {
  readonly #running: Bun.Subprocess[] = [];

  private constructor(readonly root: string) {}

  /** A new copy in the temporary folder. */
  static of(name: string): Copy {
    const copy = new Copy(mkdtempSync(join(tmpdir(), 'hutch-example-')));
    const isOwn = (path: string) => !/[/](node_modules|\.hutch)$/.test(path);
    cpSync(join(EXAMPLES, name), copy.root, { recursive: true, filter: isOwn });
    return copy;
  }

  /** One that is there. */
  static at(root: string): Copy {
    return new Copy(root);
  }

  /** Modules of the repository, and `hutch` itself. */
  linked(): this {
    symlinkSync(join(REPOSITORY, 'node_modules'), join(this.root, 'node_modules'));
    const paths = {
      hutch: [join(REPOSITORY, 'src/index.ts')],
      'hutch/testing': [join(REPOSITORY, 'src/testing.ts')],
    };
    writeFileSync(join(this.root, 'tsconfig.json'), JSON.stringify({ compilerOptions: { paths } }));
    return this;
  }

  /** Runs a command to its end. */
  async run(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = this.#spawn(command, env);
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { out, err, code };
  }

  hutch(args: readonly string[], env?: Readonly<Record<string, string>>) {
    return this.run([process.execPath, CLI, ...args], env);
  }

  /** Starts `hutch dev` and waits for its banner. */
  async dev(command: readonly string[] = [process.execPath, CLI], env: Readonly<Record<string, string>> = {}) {
    const ports = { PORT: '0', HUTCH_PG_PORT: '0', HUTCH_DRIZZLE_STUDIO_PORT: '0', JWT_SECRET: SECRET };
    const child = this.#spawn([...command, 'dev'], { ...ports, ...env });
    const logged = child.stderr.text();
    const line = await firstLine(child.stdout);
    if (line === undefined) throw new Error(`hutch dev ended: ${await logged}`);
    const banner: { http: string; postgres: string; migrations: { applied: number }; seeded: boolean } =
      JSON.parse(line);
    return {
      banner,
      /** A request, as whoever has these claims. */
      async ask(path: string, { claims, body, method }: Request = {}) {
        const token = claims && (await tokenOf(claims));
        return fetch(banner.http + path, {
          method: method ?? (body === undefined ? 'GET' : 'POST'),
          headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
      },
      /** Stops it, and gives what it has logged. */
      async stop() {
        child.kill('SIGTERM');
        await child.exited;
        return logged;
      },
    };
  }

  #spawn(command: readonly string[], env: Readonly<Record<string, string>>) {
    const { DATABASE_URL: _, TEST_DATABASE_URL: __, ...inherited } = process.env;
    const child = Bun.spawn([...command], {
      cwd: this.root,
      env: { ...inherited, NO_COLOR: '1', ...env },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    this.#running.push(child);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL');
    await Promise.all(this.#running.map((child) => child.exited));
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A POST where it has a body and says nothing else. */
export interface Request {
  readonly claims?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly method?: string;
}

const tokenOf = (claims: Readonly<Record<string, string>>): Promise<string> =>
  new SignJWT({ role: 'authenticated', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET));
