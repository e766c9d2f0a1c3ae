import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { migrate as drizzleMigrate } from 'drizzle-orm/postgres-js/migrator';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import type { Driver } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import type { MigrateEvent } from '../apply/events.ts';
import { readLedger } from '../apply/ledger.ts';
import { up } from '../apply/up.ts';
import { wipe } from '../apply/wipe.ts';
import { DRIZZLE_LEDGER } from '../project/project.ts';
import { ProjectFolder } from './project-folder.ts';
import { rejection } from './rejection.ts';

const rows = async (driver: Driver, sql: string) => (await driver.query({ text: sql, prepare: false })).rows;
const names = async (driver: Driver) => (await readLedger(driver, DRIZZLE_LEDGER)).rows.map((it) => it.name?.slice(15));

for (const engine of engines()) {
  const suite = engine.unavailable === undefined ? describe : describe.skip;
  suite(`up on ${engine.name}${engine.unavailable ? `: ${engine.unavailable}` : ''}`, () => {
    let driver: Driver;
    beforeAll(async () => {
      driver = await engine.open();
    });
    afterAll(() => driver.close());

    test('applies what is pending, in order, and then nothing', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const migrations = await folder.migrations({
        one: 'CREATE TABLE a (id int)',
        two: 'ALTER TABLE a ADD COLUMN b text;\nINSERT INTO a VALUES (1);',
      });
      const first = await up(driver, migrations);
      expect(first).toMatchObject({ applied: migrations.map((it) => it.name), pending: [], failure: undefined });
      expect(await rows(driver, 'select * from a')).toEqual([['1', null]]);
      expect(await up(driver, migrations)).toMatchObject({ applied: [], pending: [] });
    });

    test('costs one query where nothing is pending', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const migrations = await folder.migrations({ one: 'CREATE TABLE a (id int)' });
      await up(driver, migrations);
      const seen: string[] = [];
      const stop = driver.observe((it) => seen.push(it.text));
      await up(driver, migrations);
      stop();
      expect(seen).toHaveLength(1);
    });

    test('--to, by a part of the name, and --steps', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const migrations = await folder.migrations({ one: 'SELECT 1', two: 'SELECT 2', three: 'SELECT 3' });
      await up(driver, migrations, { to: 'one' });
      expect(await names(driver)).toEqual(['one']);
      await up(driver, migrations, { steps: 1 });
      expect(await names(driver)).toEqual(['one', 'two']);
      expect(await rejection(up(driver, migrations, { to: 'thre' + 'ee' }))).toMatchObject({
        code: 'migrate_unknown_name',
      });
    });

    test('a failure says where, keeps what came before, and nothing of its own', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const bad = 'CREATE TABLE b (id int);\n--> statement-breakpoint\nINSERT INTO b\n  VALUES (1, nonsense);';
      const migrations = await folder.migrations({ good: 'CREATE TABLE a (id int)', bad, later: 'SELECT 1' });
      const result = await up(driver, migrations);
      expect(result.applied).toEqual([migrations[0]?.name ?? '']);
      expect(result.pending).toHaveLength(2);
      expect(result.failure).toMatchObject({
        code: '42703',
        place: { line: 4, column: 14 },
        kept: 0,
        file: migrations[1]?.path,
      });
      expect(await rows(driver, `select to_regclass('b')`)).toEqual([[null]]);
    });

    test('an error without a position is found by its statement', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const migrations = await folder.migrations({
        bad: 'CREATE TABLE b (id int PRIMARY KEY);\nINSERT INTO b VALUES (1);\nINSERT INTO b VALUES (1);',
      });
      expect((await up(driver, migrations)).failure).toMatchObject({ code: '23505', place: { line: 3, column: 1 } });
    });

    test('one late from a branch is applied, with a notice; refused when strict', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const [early, late] = await folder.migrations({ early: 'CREATE TABLE early ()', late: 'CREATE TABLE late ()' });
      if (!early || !late) throw new Error('two were written');
      await up(driver, [late]);
      expect(await rejection(up(driver, [early, late], { strict: true }))).toMatchObject({
        code: 'migrate_out_of_order',
      });
      const result = await up(driver, [early, late]);
      expect(result.applied).toEqual([early.name]);
      expect(result.notices[0]).toContain('sorts before');
    });

    test('an edited one is told; refused when strict', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      await up(driver, await folder.migrations({ one: 'CREATE TABLE a ()' }));
      const edited = await folder.migrations({ one: 'CREATE TABLE b ()', two: 'SELECT 1' });
      expect(await rejection(up(driver, edited, { strict: true }))).toMatchObject({ code: 'migrate_edited' });
      expect((await up(driver, edited)).notices[0]).toContain('was edited');
    });

    test('indexes built concurrently, and a run that goes on behind them', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const start = 'CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n';
      const broken = await folder.migrations({ one: `${start}SELECT nonsense;` });
      expect((await up(driver, broken)).failure).toMatchObject({ kept: 2, place: { line: 3 } });
      expect(await names(driver)).toEqual([]);
      const mended = await folder.migrations({ one: `${start}SELECT 1;` });
      expect((await up(driver, mended)).failure).toBeUndefined();
      expect(await names(driver)).toEqual(['one']);
    });

    test('an interrupted build is cleared away, a finished one is taken', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const start = 'CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (1);\n';
      const sql = `${start}CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);`;
      const migrations = await folder.migrations({ one: sql });
      expect((await up(driver, migrations)).failure).toMatchObject({ code: '23505', kept: 2 });
      await driver.script('DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a)');
      expect((await up(driver, migrations)).failure).toBeUndefined();
      expect(await rows(driver, `select indisvalid from pg_index where indexrelid = 'a_id'::regclass`)).toEqual([
        ['t'],
      ]);
    });

    test('a new enum value is used in the same file', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const migrations = await folder.migrations({
        one: `CREATE TYPE s AS ENUM ('a'); CREATE TABLE t (s s)`,
        seen: `ALTER TYPE s ADD VALUE 'b'; ALTER TABLE t ALTER s SET DEFAULT 'b'`,
        hidden: `ALTER TYPE s ADD VALUE 'cc'; ALTER TABLE t ALTER s SET DEFAULT ('c' || 'c')::s; INSERT INTO t DEFAULT VALUES`,
      });
      expect((await up(driver, migrations)).failure).toBeUndefined();
      expect(await rows(driver, 'select s from t')).toEqual([['cc']]);
    });

    test('two deployers at once: each migration runs once', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const migrations = await folder.migrations({
        one: 'CREATE TABLE a (id int)',
        two: 'INSERT INTO a VALUES (1)',
        three: 'INSERT INTO a VALUES (2)',
      });
      const [a, b] = await Promise.all([up(driver, migrations), up(driver, migrations)]);
      expect([...a.applied, ...b.applied].sort()).toEqual(migrations.map((it) => it.name));
      expect(await rows(driver, 'select count(*) from a')).toEqual([['2']]);
    });

    test("Drizzle's own migrator accepts our ledger, and we accept Drizzle's", async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const migrationsFolder = join(folder.root, 'drizzle');
      const db = drizzleOver(driver);
      const first = await folder.migrations({ one: 'CREATE TABLE a (id int)' });
      await drizzleMigrate(db, { migrationsFolder });
      expect(await up(driver, first)).toMatchObject({ applied: [], pending: [], notices: [] });
      const second = await folder.migrations({ one: 'CREATE TABLE a (id int)', two: 'CREATE TABLE b (id int)' });
      expect((await up(driver, second)).applied).toHaveLength(1);
      await drizzleMigrate(db, { migrationsFolder });
      expect(await names(driver)).toEqual(['one', 'two']);
    });

    test('a ledger from before 1.0 is taken over, with the layout of that time', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const when = Date.UTC(2025, 0, 1, 0, 0, 0, 123);
      const entries = [
        { idx: 0, version: '7', when, tag: '0000_first', breakpoints: true },
        { idx: 1, version: '7', when: when + 60_000, tag: '0001_second', breakpoints: true },
      ];
      await folder.write({
        'drizzle/meta/_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
        'drizzle/0000_first.sql': 'CREATE TABLE a (id int)',
        'drizzle/0001_second.sql': 'CREATE TABLE b (id int)',
      });
      const migrations = await folder.read();
      await driver.script(`CREATE SCHEMA drizzle; CREATE TABLE a (id int);
        CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint);
        INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('${migrations[0]?.hash}', ${when})`);
      expect((await up(driver, migrations)).applied).toEqual(['20250101000100_second']);
      expect((await readLedger(driver, DRIZZLE_LEDGER)).rows.map((it) => it.name)).toEqual([
        '20250101000000_first',
        '20250101000100_second',
      ]);
    });
  });
}

const concurrent = engines().find((it) => it.name === 'postgres');
const suite = concurrent && concurrent.unavailable === undefined ? describe : describe.skip;
suite('up beside others', () => {
  test('a busy table is tried again', async () => {
    const driver = await concurrent?.open();
    if (!driver) return;
    try {
      await driver.script('CREATE TABLE busy (id int)');
      await using folder = await ProjectFolder.create();
      const migrations = await folder.migrations({ one: 'ALTER TABLE busy ADD COLUMN b int' });
      const holder = await driver.session();
      await holder.script('BEGIN; LOCK TABLE busy');
      const events: MigrateEvent[] = [];
      const onEvent = (event: MigrateEvent) => {
        events.push(event);
        if (event.type === 'retry') void holder.script('COMMIT').then(() => holder.release());
      };
      const result = await up(driver, migrations, { lockTimeoutMs: 50, onEvent });
      expect(result.failure).toBeUndefined();
      expect(events.map((it) => it.type)).toContain('retry');
    } finally {
      await driver.close();
    }
  });
});
