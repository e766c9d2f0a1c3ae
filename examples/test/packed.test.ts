/**
 * The examples elsewhere: Hutch is packed as it would be published and installed from the tarball, beside what each example's package.json
 * asks for; then types are checked with the tsconfig that `bun init` writes, the suites run, and `hutch dev` serves.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXAMPLES, projects } from './projects.ts';
import { Copy } from './served.ts';

/** Milliseconds. */
const PATIENCE = 180_000;
const REPOSITORY = join(EXAMPLES, '..');
const elsewhere = mkdtempSync(join(tmpdir(), 'hutch-packed-'));
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

const tsconfig = {
  compilerOptions: {
    lib: ['ESNext'],
    target: 'ESNext',
    module: 'Preserve',
    moduleDetection: 'force',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
    verbatimModuleSyntax: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    noFallthroughCasesInSwitch: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    types: ['bun-types'],
  },
};

async function run(cwd: string, ...command: string[]): Promise<string> {
  const { TEST_DATABASE_URL: _, DATABASE_URL: __, ...env } = process.env;
  const child = Bun.spawn(command, { cwd, env: { ...env, NO_COLOR: '1' }, stdout: 'pipe', stderr: 'pipe' });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${out}\n${err}`);
  return out + err;
}

beforeAll(async () => {
  await run(REPOSITORY, process.execPath, 'pm', 'pack', '--filename', join(elsewhere, 'hutch.tgz'));
  const { devDependencies } = await Bun.file(join(EXAMPLES, 'assistant', 'package.json')).json();
  const workspace = { private: true, workspaces: projects, devDependencies, overrides: { hutch: 'file:./hutch.tgz' } };
  writeFileSync(join(elsewhere, 'package.json'), JSON.stringify(workspace));
  writeFileSync(join(elsewhere, 'tsconfig.json'), JSON.stringify(tsconfig));
  for (const project of projects) {
    mkdirSync(join(elsewhere, project));
    const isOwn = (path: string) => !/[/](node_modules|\.hutch)$/.test(path);
    cpSync(join(EXAMPLES, project), join(elsewhere, project), { recursive: true, filter: isOwn });
  }
  await run(elsewhere, process.execPath, 'install', '--prefer-offline');
}, PATIENCE);

test(
  'they have no type errors',
  async () => {
    expect(await run(elsewhere, process.execPath, 'x', 'tsc', '--noEmit')).toBe('');
  },
  PATIENCE,
);

// The same files as in the repository, so only the installation can make a difference.
test.skipIf(process.env.HUTCH_TEST_LONG === undefined).each(projects)(
  '%s passes its own tests (skipped: HUTCH_TEST_LONG)',
  async (project) => {
    expect(await run(join(elsewhere, project), process.execPath, 'test', '--timeout', '60000')).toContain(' 0 fail');
  },
  PATIENCE,
);

test.each(projects)(
  '%s is served by its own hutch',
  async (project) => {
    await using copy = Copy.at(join(elsewhere, project));
    // Not through `bun dev`: that is a parent, and would leave its child behind where a test fails.
    const server = await copy.dev([process.execPath, join(copy.root, 'node_modules', '.bin', 'hutch')]);
    expect(server.banner).toMatchObject({ seeded: true });
    expect((await server.ask('/rest/v1/')).status).toBe(200);
    expect((await server.ask('/ready')).status).toBe(200);
  },
  PATIENCE,
);
