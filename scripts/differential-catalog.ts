#!/usr/bin/env bun
/**
 * Compares what PostgREST and we know of a database: tables, columns, keys, relationships, functions and representations.
 *
 *     PGRST_DB_URI=$DATABASE_URL PGRST_DB_SCHEMAS=v1,v2 postgrest --dump-schema > cache.json
 *     bun scripts/differential-catalog.ts cache.json $DATABASE_URL v1 v2
 */
import { readFileSync } from 'node:fs';
import { readCatalog } from '../src/catalog/index.ts';
import { openPostgres } from '../src/db/index.ts';
import { type Dump, dumpedEntries } from './differential/dumped-catalog.ts';
import { ownEntries } from './differential/own-catalog.ts';

const [file, url, ...schemas] = process.argv.slice(2);
if (file === undefined || url === undefined || schemas.length === 0) {
  throw new Error('usage: bun scripts/differential-catalog.ts <a dumped schema cache> <URL of the database> <schema>…');
}

// as PostgREST writes it: what is not there is told as a difference
const dump: Dump = JSON.parse(readFileSync(file, 'utf8'));
const driver = await openPostgres({ url, poolSize: 1 });
const run = async (text: string, params: readonly (string | null)[]) => (await driver.query({ text, params })).rows;
const own = ownEntries(await readCatalog(run, { schemas, extraSearchPath: ['public'] }));
const theirs = dumpedEntries(dump);
const different = [...new Set([...theirs.keys(), ...own.keys()])].filter(
  (key) => !Bun.deepEquals(theirs.get(key), own.get(key)),
);
for (const key of different) console.log(`${key}\n   theirs: ${text(theirs.get(key))}\n   ours: ${text(own.get(key))}`);
console.log(`${theirs.size} entries, ${different.length} differences`);
await driver.close();
process.exit(different.length === 0 ? 0 : 1);

function text(entry: unknown): string {
  return JSON.stringify(entry)?.slice(0, 2_000) ?? 'none';
}
