import { expect, test } from 'bun:test';
import { compile } from './compile.ts';

const usage = new URL('./database-of-usage.ts', import.meta.url).pathname;

test('DatabaseOf gives supabase-js the types of a schema', async () => {
  expect(await compile({}, [usage])).toBe('');
}, 60_000);

test('the compiler would have complained', async () => {
  const wrong = (await Bun.file(usage).text())
    .replace(`'../database-of.ts'`, `'${new URL('../database-of.ts', import.meta.url).pathname}'`)
    .replace(`'../snake-case.ts'`, `'${new URL('../snake-case.ts', import.meta.url).pathname}'`)
    .replace('created_at: string', 'created_at: Date')
    .replace('// @ts-expect-error the title is missing', '');
  const complaints = await compile({ 'wrong.ts': wrong });
  expect(complaints).toContain('TS2554');
  expect(complaints).toContain('TS2345');
}, 60_000);
