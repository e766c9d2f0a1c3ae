/**
 * Runs every test, each room's in a process of its own, two rooms at a time, and closes with one line of counts. A room
 * that needs what this machine lacks skips those tests and says why. Arguments choose rooms: `bun run test rest db`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled } from './install.ts';

const CONCURRENCY = 2;
/** Milliseconds for one test: generous, because machines differ and two rooms run at once. */
const TIMEOUT = '60000';
const root = join(import.meta.dir, '..');

interface Outcome {
  readonly room: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly reasons: readonly string[];
}

/** Folders with tests, below `src/`, `scripts/` and `examples/`; those with the most first, so that the two lanes end together. */
function rooms(wanted: readonly string[]): readonly string[] {
  const files = [...new Bun.Glob('{src,scripts,examples}/**/*.test.ts').scanSync({ cwd: root })].filter(
    (file) => !file.includes('node_modules'),
  );
  const sizes = new Map<string, number>();
  for (const file of files) {
    const folder = file.split('/').slice(0, 2).join('/');
    sizes.set(folder, (sizes.get(folder) ?? 0) + Bun.file(join(root, file)).size);
  }
  const folders = [...sizes].sort(([, a], [, b]) => b - a).map(([folder]) => folder);
  return wanted.length === 0 ? folders : folders.filter((folder) => wanted.some((name) => folder.includes(name)));
}

async function run(room: string): Promise<Outcome> {
  const started = performance.now();
  const child = Bun.spawn([process.execPath, 'test', '--timeout', TIMEOUT, `./${room}/`], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  const output = `${out}\n${err}`;
  const outcome = read(room, output, code);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  process.stdout.write(`${outcome.failed > 0 ? '✗' : '✓'} ${room}  ${summary(outcome)}  ${seconds} s\n`);
  if (outcome.failed > 0) process.stdout.write(`${output}\n`);
  return outcome;
}

function read(room: string, output: string, code: number): Outcome {
  const count = (word: string) => Number(new RegExp(`^ *(\\d+) ${word}`, 'm').exec(output)?.[1] ?? 0);
  const failed = count('fail');
  return {
    room,
    passed: count('pass'),
    failed: failed === 0 && code !== 0 ? 1 : failed, // a crash counts
    skipped: count('skip'),
    reasons: [...new Set([...output.matchAll(/\(skipped: ([^)]+)\)/g)].map(([, reason = '']) => reason))],
  };
}

const summary = ({ passed, failed, skipped }: Outcome): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

async function runAll(queue: string[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const lane = async () => {
    for (let room = queue.shift(); room !== undefined; room = queue.shift()) outcomes.push(await run(room));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return outcomes;
}

ensureInstalled();
if (!existsSync(join(root, 'src'))) process.exit(1);
const outcomes = await runAll([...rooms(process.argv.slice(2))]);
const reasons = new Set(outcomes.flatMap((outcome) => outcome.reasons));
for (const reason of reasons) process.stdout.write(`skipped: ${reason}\n`);
const total = (key: 'passed' | 'failed' | 'skipped') => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`);
process.exit(total('failed') > 0 ? 1 : 0);
