import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { TestProject } from './project.ts';

/**
 * docs/http.md from top to bottom: each `http` block is sent, a `json` block behind it is what must come back, each `ts` block and each line of
 * an `sh` block is run.
 */
const page = readFileSync(join(import.meta.dir, '..', '..', '..', 'docs', 'http.md'), 'utf8');
const blocks = [...page.matchAll(/```(\w+)( schema)?\n([\s\S]*?)```/g)].map(([, language = '', schema, text = '']) => ({
  language: schema ? 'schema' : language,
  text,
}));

let project: TestProject;
let server: Awaited<ReturnType<TestProject['dev']>>;
beforeAll(async () => {
  const schema = blocks.find(({ language }) => language === 'schema')?.text ?? '';
  project = new TestProject({
    'src/schema.ts': schema,
    'drizzle/20251231000000_roles/migration.sql': 'SELECT 1;\n',
    'drizzle/20260101000000_notes/migration.sql': 'SELECT 1;\n',
  });
  server = await project.dev();
});
afterAll(() => project[Symbol.asyncDispose]());

for (const [index, { language, text }] of blocks.entries()) {
  const following = blocks[index + 1];
  if (language === 'http') test(text.split('\n', 1)[0] ?? '', () => send(text, following));
  if (language === 'ts') test(text.trim().split('\n', 1)[0] ?? '', () => run(text));
  if (language === 'sh') for (const line of text.trim().split('\n')) test.skipIf(noCurl(line))(line, () => type(line));
}

function noCurl(line: string): boolean {
  return line.startsWith('curl') && Bun.which('curl') === null;
}

async function type(line: string): Promise<void> {
  const hutch = JSON.stringify([process.execPath, join(import.meta.dir, '..', 'main.ts')])
    .slice(1, -1)
    .replace(',', ' ');
  const command = line.replaceAll('bunx hutch', hutch).replace('http://localhost:3000', server.banner.http);
  const shell = Bun.spawn(['sh', '-c', command], { cwd: project.root, stdout: 'pipe', stderr: 'pipe' });
  const [out, err, code] = await Promise.all([shell.stdout.text(), shell.stderr.text(), shell.exited]);
  expect({ err, code }).toEqual({ err: '', code: 0 });
  expect(out).toMatch(line.startsWith('curl') ? /^\[/ : /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
}

async function send(text: string, following: { language: string; text: string } | undefined): Promise<void> {
  const [head = '', ...body] = text.split('\n\n');
  const [first = '', ...headers] = head.trim().split('\n');
  const [method = '', path = ''] = first.split(' ');
  const response = await server.get(path, {
    method,
    headers: headers.map((line) => line.split(': ', 2) as [string, string]), // `Name: value` lines
    ...(body.length > 0 && { body: body.join('\n\n') }),
  });
  const answer = await response.text();
  expect({ status: response.ok, answer }).toMatchObject({ status: true });
  if (following?.language === 'json') expect(JSON.parse(answer)).toMatchObject(JSON.parse(following.text));
}

async function run(code: string): Promise<void> {
  const key = String(server.banner.anonKey);
  const supabase = createClient(server.banner.http, key);
  const script = new Bun.Transpiler({ loader: 'ts' }).transformSync(`async function example() {${code}\n}`);
  const responses: Response[] = [];
  const watched: typeof fetch = Object.assign(
    async (...given: Parameters<typeof fetch>) => {
      const response = await fetch(...given);
      responses.push(response);
      return response;
    },
    { preconnect: fetch.preconnect },
  );
  const example: unknown = new Function('supabase', 'url', 'key', 'fetch', `${script}; return example();`);
  if (typeof example === 'function') await example(supabase, server.banner.http, key, watched);
  for (const response of responses) expect(response.ok).toBe(true);
}
