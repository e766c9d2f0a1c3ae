import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Driver, openPglite, openPostgres } from '../../db/index.ts';
import { engines, postgresUrl, withDatabase } from '../../db/test/engines.ts';
import { eventually } from '../../db/test/eventually.ts';
import { readLedger } from '../apply/ledger.ts';
import { DRIZZLE_LEDGER } from '../project/project.ts';
import { ProjectFolder } from './project-folder.ts';

const RUNNER = fileURLToPath(new URL('./runner-process.ts', import.meta.url));
const KILLS = 50;
const COUNT = 40;
const suite = process.env.HUTCH_TEST_LONG ? describe : describe.skip;

/** Each makes a table and fills it in several statements; every fifth can't be one transaction. */
function history(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: COUNT }, (_, i) => {
      const index =
        i % 5 === 4 ? `CREATE INDEX CONCURRENTLY m${i}_n ON m${i} (n);` : `CREATE INDEX m${i}_n ON m${i} (n);`;
      const rows = `INSERT INTO m${i} SELECT g FROM generate_series(1, 2000) g;`;
      return [`m${String(i).padStart(2, '0')}`, `CREATE TABLE m${i} (n int);\n${rows}\n${index}\n${rows}`];
    }),
  );
}

/** The number of migrations in the ledger; each is whole, and beside them at most one has begun that needs more than one transaction. */
async function wholeMigrations(driver: Driver): Promise<number> {
  const { rows } = await readLedger(driver, DRIZZLE_LEDGER);
  const found = await driver.script(`SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^m\\d+$'`);
  const tables = new Set(found[0]?.rows.map(([name]) => name));
  for (let i = 0; i < rows.length; i++) {
    const [counted] = await driver.script(
      `SELECT count(*), (SELECT indisvalid FROM pg_index WHERE indexrelid = 'm${i}_n'::regclass) FROM m${i}`,
    );
    expect(counted?.rows).toEqual([['4000', 't']]);
    tables.delete(`m${i}`);
  }
  const begun = rows.length % 5 === 4 ? [`m${rows.length}`] : [];
  expect([...tables].filter((name) => !begun.includes(name ?? ''))).toEqual([]);
  return rows.length;
}

interface Target {
  readonly engine: string;
  readonly target: string;
  inspect(): Promise<number>;
}

async function killUntilDone(
  folder: ProjectFolder,
  { engine, target, inspect }: Target,
): Promise<{ readonly kills: number; readonly done: number }> {
  let kills = 0;
  for (;;) {
    const child = Bun.spawn([process.execPath, RUNNER, engine, target, join(folder.root, 'drizzle')], {
      stdout: 'pipe',
      stderr: 'inherit',
    });
    await child.stdout.getReader().read();
    // later each time: on a busy machine a runner that is killed too soon would never get on
    const timer = setTimeout(() => child.kill('SIGKILL'), 5 + Math.random() * 150 * (1 + kills / 10));
    const code = await child.exited;
    clearTimeout(timer);
    if (child.signalCode === null) {
      expect(code).toBe(0);
      return { kills, done: await inspect() };
    }
    kills++;
    await inspect();
  }
}

suite('a runner that is killed at any moment leaves whole migrations, and the next goes on', () => {
  test('pglite', async () => {
    for (let kills = 0; kills < KILLS; ) {
      await using folder = await ProjectFolder.create();
      await folder.migrations(history());
      const target = join(folder.root, 'pgdata');
      const inspect = async () => {
        const driver = await openPglite({ dataDir: target });
        try {
          return await wholeMigrations(driver);
        } finally {
          await driver.close();
        }
      };
      const result = await killUntilDone(folder, { engine: 'pglite', target, inspect });
      expect(result.done).toBe(COUNT);
      kills += result.kills;
    }
  }, 1_200_000);

  const isThere = engines().some((it) => it.name === 'postgres' && it.unavailable === undefined);
  test.skipIf(!isThere)(
    'postgres',
    async () => {
      const server = await postgresUrl();
      const admin = await openPostgres({ url: server, poolSize: 1 });
      for (let kills = 0; kills < KILLS; ) {
        await using folder = await ProjectFolder.create();
        await folder.migrations(history());
        const name = `hutch_test_kill_${kills}_${process.pid}`;
        await admin.script(`CREATE DATABASE ${name}`);
        const target = withDatabase(server, name);
        const driver = await openPostgres({ url: target, poolSize: 2 });
        const result = await killUntilDone(folder, { engine: 'postgres', target, inspect: () => settled(driver) });
        expect(result.done).toBe(COUNT);
        kills += result.kills;
        await driver.close();
        await admin.script(`DROP DATABASE ${name} WITH (FORCE)`);
      }
      await admin.close();
    },
    1_200_000,
  );
});

/** The server notices a killed client only when it next looks; until then its transaction is open. */
async function settled(driver: Driver): Promise<number> {
  const others = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'hutch' AND pid <> pg_backend_pid() AND state <> 'idle'`;
  await eventually(async () => {
    const [result] = await driver.script(others);
    return result?.rows[0]?.[0] === '0';
  });
  return wholeMigrations(driver);
}
