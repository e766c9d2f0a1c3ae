import { afterAll, beforeAll, expect, test } from 'bun:test';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/index.ts';
import { layTemplate } from '../../db/pglite/template.ts';
import { createLogger } from '../../http/logger.ts';
import { prepare } from '../application/prepare.ts';
import { openConfigured } from '../database/database.ts';
import { headStart } from '../database/head-start.ts';

const demo = join(import.meta.dir, '..', '..', '..');
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hutch-head-start-'));
  for (const part of ['drizzle.config.ts', 'drizzle', 'src/app'])
    await cp(join(demo, part), join(root, part), { recursive: true });
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('the demo has one that is of its sources; else run `bun scripts/build-head-start.ts`', () => {
  expect(headStart(demo)).toBe(join(demo, 'drizzle/head-start.tar.zst'));
  expect(headStart(root)).toBe(join(root, 'drizzle/head-start.tar.zst'));
});

test('it knows what a start asks of the database; else run `bun scripts/build-head-start.ts`', async () => {
  const dataDir = join(root, 'pgdata');
  const config = loadConfig({ HUTCH_DATA_DIR: dataDir }, { project: demo });
  const log = await createLogger({ level: 'silent', pretty: false });
  await layTemplate(dataDir, headStart(demo));
  const known = await questions(dataDir);
  const { driver } = await prepare({ config, mode: 'dev', log, opening: openConfigured(config, log, true) });
  await driver.close();
  expect(known).toEqual(expect.arrayContaining(await questions(dataDir)));
});

async function questions(dataDir: string): Promise<readonly string[]> {
  const { answers } = await Bun.file(join(dataDir, 'hutch_recall.json')).json();
  return Object.keys(answers).sort();
}

const changes: Readonly<Record<string, string>> = {
  'a seed': 'src/app/seed/help-desk.sql',
  'a new file of the schema': 'src/app/schema/added.ts',
  'a new object': 'drizzle/objects/added.sql',
};

for (const [what, file] of Object.entries(changes)) {
  test(`is not used once there is another: ${what}`, async () => {
    const path = join(root, file);
    const before = await Bun.file(path)
      .text()
      .catch(() => undefined);
    await writeFile(path, `${before ?? ''}\n-- changed`);
    expect(headStart(root)).toBeUndefined();
    await (before === undefined ? rm(path) : writeFile(path, before));
    expect(headStart(root)).toBeDefined();
  });
}

test('a project without one starts without', () => {
  expect(headStart(join(root, 'src'))).toBeUndefined();
});
