#!/usr/bin/env bun
/**
 * Tries real migration histories: applies every migration, derives its way down, walks down and up again, and compares catalogs.
 *
 *     bun scripts/histories.ts <folder of migrations>…                    on PGlite
 *     DATABASE_URL=postgres://… bun scripts/histories.ts <folder>…        in a new database on that server
 *
 * It fetches nothing, and writes nothing into the folders. `--folders` first lays out a copy as drizzle-kit 1.0 does.
 */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type Driver, openPglite, openPostgres } from '../src/db/index.ts';
import { embeddedExtensions, type History, readMigrations } from '../src/migrate/index.ts';
import { Rehearsal } from '../src/migrate/rehearse/rehearsal.ts';
import { downText } from '../src/migrate/write/down-file.ts';

interface Tally {
  readonly history: string;
  readonly migrations: number;
  readonly applied: number;
  readonly exact: number;
  /** Of the exact ones, those whose data does not come back, and which say so. */
  readonly irreversible: number;
  readonly differing: number;
  readonly failing: number;
  readonly seconds: number;
}

const server = process.env.DATABASE_URL;
const args = process.argv.slice(2);
const folders = args.filter((it) => !it.startsWith('--'));
if (folders.length === 0) throw new Error('usage: bun scripts/histories.ts [--folders] <folder of migrations>…');

const tallies: Tally[] = [];
for (const folder of folders) tallies.push(await tally(resolve(folder)));
console.table(tallies);

async function tally(folder: string): Promise<Tally> {
  if (!args.includes('--folders')) return tallyHistory(folder, await readMigrations({ out: folder }));
  const copy = await mkdtemp(join(tmpdir(), 'hutch-history-'));
  try {
    for (const it of (await readMigrations({ out: folder })).migrations) {
      await mkdir(join(copy, it.name), { recursive: true });
      await cp(it.path, join(copy, it.name, 'migration.sql'));
    }
    return await tallyHistory(folder, await readMigrations({ out: copy }));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function tallyHistory(folder: string, history: History): Promise<Tally> {
  const started = performance.now();
  const count = { applied: 0, exact: 0, irreversible: 0, differing: 0, failing: 0 };
  await using rehearsal = await Rehearsal.open({ root: folder }, history.migrations, () => openScratch(history));
  for (const migration of history.migrations) {
    const rehearsed = await rehearsal.rehearse(migration);
    if (rehearsed.outcome === 'failed') {
      console.log(`${migration.label}: does not apply: ${rehearsed.failure.message}`);
      continue;
    }
    const { report } = downText(migration, rehearsed);
    count.applied++;
    if (report.quality === 'exact') count.exact++;
    if (report.quality === 'exact' && report.irreversible.length > 0) count.irreversible++;
    if (report.quality === 'differs') count.differing++;
    if (report.quality === 'none') count.failing++;
    if (report.quality !== 'exact') console.log(`${migration.label}: ${report.quality}: ${report.reason}`);
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  return {
    history: `${basename(resolve(folder, '../../..'))}/…/${basename(folder)}`,
    migrations: history.migrations.length,
    ...count,
    seconds,
  };
}

async function openScratch(history: History): Promise<Driver> {
  if (server === undefined)
    return openPglite({ extensions: embeddedExtensions(history.migrations), statementTimeout: 0 });
  const name = `hutch_history_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const admin = await openPostgres({ url: server, poolSize: 1 });
  await admin.script(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const driver = await openPostgres({ url: url.href, poolSize: 2, statementTimeout: 0 });
  const close = driver.close.bind(driver);
  return Object.assign(driver, {
    close: async () => {
      await close();
      await admin.script(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.close();
    },
  });
}
