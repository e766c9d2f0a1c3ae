/** A project of a user's, in a folder of its own: what `hutch` meets in the wild, and a running `hutch dev` on it. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Subprocess } from 'bun';
import { firstLine } from './first-line.ts';

const repository = join(import.meta.dir, '..', '..', '..');
const main = join(repository, 'src', 'cli', 'main.ts');

/** No process lives long enough here to win back what the last stage of optimizing its WebAssembly takes: a fifth of a start. */
const SHORT_LIVED = { BUN_JSC_useOMGJIT: '0' };

export const files = {
  'drizzle.config.ts': `export default { dialect: 'postgresql', schema: './src/schema.ts', out: './drizzle' };\n`,
  'src/schema.ts': `import { integer, snakeCase, text } from 'drizzle-orm/pg-core';
export const notes = snakeCase.table('notes', { id: integer().primaryKey().generatedAlwaysAsIdentity(), bodyText: text().notNull() });
`,
  'drizzle/20260101000000_notes/migration.sql': `CREATE TABLE "notes" ("id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, "body_text" text NOT NULL);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "notes" TO anon;
`,
  'drizzle/20251231000000_roles/migration.sql': `CREATE ROLE anon NOLOGIN;\n`,
  'src/routes.ts': `import { Hono } from 'hono';
export default new Hono().get('/hello', (c) => c.text('one'));
`,
};

interface Installation {
  /** These files alone. */
  readonly bare?: boolean;
  /** Default: unless it is bare. */
  readonly installed?: boolean;
}

export class TestProject {
  readonly root = mkdtempSync(join(tmpdir(), 'hutch-project-'));
  private readonly running: Subprocess[] = [];

  constructor(overrides: Readonly<Record<string, string>> = {}, { bare = false, installed }: Installation = {}) {
    for (const [name, text] of Object.entries(bare ? overrides : { ...files, ...overrides })) this.write(name, text);
    if (installed ?? !bare) linkPackages(join(this.root, 'node_modules'));
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.root, name)), { recursive: true });
    writeFileSync(join(this.root, name), text);
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = this.spawn(args, env);
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { out, err, code };
  }

  /** Starts `hutch dev` and waits for its banner. */
  dev(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const ports = { PORT: '0', HUTCH_PG_PORT: '0', HUTCH_DRIZZLE_STUDIO_PORT: '0' };
    return this.serve(['dev', ...args], { ...ports, ...env });
  }

  /** Starts `hutch start` and waits for its banner. */
  start(args: readonly string[], env: Readonly<Record<string, string>>) {
    return this.serve(['start', ...args], env);
  }

  private async serve(args: readonly string[], env: Readonly<Record<string, string>>) {
    const child = this.spawn(args, env);
    const line = await firstLine(child.stdout);
    if (line === undefined) throw new Error(`hutch ended: ${await child.stderr.text()}`);
    const banner: { http: string; [key: string]: unknown } = JSON.parse(line);
    const get = (path: string, init?: RequestInit, mount = '') =>
      fetch(banner.http.replace('//0.0.0.0', '//127.0.0.1') + mount + path, init);
    return { child, banner, get };
  }

  spawn(args: readonly string[], env: Readonly<Record<string, string>>, stdin: 'ignore' | 'pipe' = 'ignore') {
    const { DATABASE_URL: _, ...inherited } = process.env;
    const child = Bun.spawn([process.execPath, main, ...args], {
      cwd: this.root,
      env: { ...inherited, ...SHORT_LIVED, ...env },
      stdin,
      stdout: 'pipe',
      stderr: 'pipe',
    });
    this.running.push(child);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.running) child.kill('SIGKILL');
    await Promise.all(this.running.map((child) => child.exited));
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** As an installation would leave it: the packages, and `hutch` among them. */
function linkPackages(folder: string): void {
  mkdirSync(folder);
  for (const name of readdirSync(join(repository, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(repository, 'node_modules', name), join(folder, name));
  }
  symlinkSync(repository, join(folder, 'hutch'));
}
