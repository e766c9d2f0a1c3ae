import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPglite } from '../pglite/open.ts';
import type { PgliteDriver } from '../pglite/pglite-driver.ts';
import { diffSnapshot } from '../snapshots/diff.ts';
import { SnapshotStore } from '../snapshots/store.ts';

describe('snapshots', () => {
  let folder: string;
  let driver: PgliteDriver;
  let store: SnapshotStore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hutch-snapshots-'));
    driver = await openPglite({ dataDir: join(folder, 'pgdata') });
    store = new SnapshotStore(join(folder, 'snapshots'));
    await driver.script(
      "CREATE TABLE kept (id int PRIMARY KEY, v text); INSERT INTO kept VALUES (1, 'a'), (2, 'b'), (3, 'c')",
    );
  });
  afterAll(async () => {
    await driver.close();
    await rm(folder, { recursive: true, force: true });
  });

  const values = async () => (await driver.query({ text: 'SELECT id, v FROM kept ORDER BY id' })).rows;

  test('save, change, diff, restore under an open database', async () => {
    const saved = await store.save(driver, 'before');
    expect(saved.bytes).toBeGreaterThan(1_000_000);
    await driver.script(
      "UPDATE kept SET v = 'B' WHERE id = 2; DELETE FROM kept WHERE id = 3; INSERT INTO kept VALUES (4, 'd'), (5, 'e')",
    );
    await driver.script('ALTER TABLE kept ADD COLUMN extra int; CREATE TABLE fresh (x int)');
    const { tables } = await diffSnapshot(store, 'before', driver);
    expect(tables).toEqual([
      { schema: 'public', table: 'fresh', kind: 'added', columns: [], counts: [0, 0] },
      {
        schema: 'public',
        table: 'kept',
        kind: 'changed',
        columns: ['+ extra integer'],
        rows: { added: 2, removed: 1, changed: 2 },
        counts: [3, 4],
      },
    ]);
    const during = driver.query({ text: 'SELECT count(*) FROM kept' });
    const restored = store.restore(driver, 'before');
    const waiting = Bun.sleep(5).then(() => driver.query({ text: 'SELECT count(*) FROM kept' }));
    await restored;
    expect((await during).rows).toEqual([['4']]);
    expect((await waiting).rows[0]?.[0]).toMatch(/^[34]$/);
    expect(await values()).toEqual([
      ['1', 'a'],
      ['2', 'b'],
      ['3', 'c'],
    ]);
    expect((await diffSnapshot(store, 'before', driver)).tables).toEqual([]);
  });

  test('what is saved can be listed, replaced when asked, and removed', async () => {
    await store.save(driver, 'second');
    expect((await store.list()).map(({ name }) => name)).toEqual(['second', 'before']);
    await expect(store.save(driver, 'second')).rejects.toMatchObject({ code: 'snapshot_exists' });
    await store.save(driver, 'second', { replace: true });
    await store.remove('second');
    expect((await store.list()).map(({ name }) => name)).toEqual(['before']);
  });

  test('names that are none, or not there', async () => {
    for (const name of ['..', '../evil', '.hidden', 'a/b', 'x'.repeat(101)]) {
      const details = expect.stringContaining(`"${name}" is none`);
      await expect(store.save(driver, name)).rejects.toMatchObject({ code: 'snapshot_name_invalid', details });
    }
    await expect(store.restore(driver, 'befor')).rejects.toMatchObject({
      code: 'snapshot_missing',
      hint: 'Did you mean before?',
    });
  });
});
