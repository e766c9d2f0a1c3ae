import { expect, test } from 'bun:test';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPglite } from '../index.ts';

const cases = [
  {
    name: 'with files of somebody’s, which stay',
    spoil: (folder: string) => writeFileSync(join(folder, 'letters.txt'), 'dear'),
    details: 'has files in it, and no database',
    stays: 'letters.txt',
  },
  {
    name: 'of another major version',
    spoil: (folder: string) => writeFileSync(join(folder, 'PG_VERSION'), '17\n'),
    details: 'is of PostgreSQL 17, and PostgreSQL 18 is embedded',
    stays: 'PG_VERSION',
  },
  {
    name: 'whose control file is cut short',
    spoil: (folder: string) => {
      writeFileSync(join(folder, 'PG_VERSION'), '18\n');
      mkdirSync(join(folder, 'global'));
      writeFileSync(join(folder, 'global', 'pg_control'), '');
    },
    details: 'global/pg_control is not whole',
    stays: 'global/pg_control',
  },
  {
    name: 'that is a file',
    spoil: (folder: string) => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, '');
    },
    details: 'is a file',
    stays: '',
  },
];

test.each(cases)('a data folder $name is refused', async ({ spoil, details, stays }) => {
  const folder = mkdtempSync(join(tmpdir(), 'hutch-folder-'));
  try {
    spoil(folder);
    const refused = await openPglite({ dataDir: folder }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'data_folder_unusable', details: expect.stringContaining(details) });
    expect(existsSync(join(folder, stays))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('an empty one is made use of', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hutch-folder-'));
  const driver = await openPglite({ dataDir: folder });
  try {
    expect((await driver.query({ text: 'select 1' })).rows).toEqual([['1']]);
  } finally {
    await driver.close();
    rmSync(folder, { recursive: true, force: true });
    rmSync(`${folder}.lock`, { force: true });
  }
});
