import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Driver, Row } from '../driver.ts';
import { openPglite } from '../pglite/open.ts';
import { identifier, qualified } from '../quoting.ts';
import type { SnapshotStore } from './store.ts';

/** What differs between a snapshot and the database, seen from the snapshot. Tables that are the same are left out. */
export interface SnapshotDiff {
  readonly tables: readonly TableDiff[];
}

export interface TableDiff {
  readonly schema: string;
  readonly table: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** `+ name type`, `- name type`. */
  readonly columns: readonly string[];
  /** Rows by primary key; undefined where there is none, or where the table is one-sided. */
  readonly rows?: { readonly added: number; readonly removed: number; readonly changed: number };
  /** Rows in the snapshot and now. */
  readonly counts: readonly [before: number, after: number];
}

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

const TABLES = `
  SELECT n.nspname, c.relname,
    (SELECT json_agg(concat(a.attname, ' ', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_index i JOIN pg_attribute a
     ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
  ORDER BY 1, 2`;

/** Opens a copy of the snapshot beside the database, and compares table by table. */
export async function diffSnapshot(store: SnapshotStore, name: string, driver: Driver): Promise<SnapshotDiff> {
  const folder = await mkdtemp(join(tmpdir(), 'hutch-diff-'));
  const dataDir = join(folder, 'pgdata');
  try {
    await store.copyTo(name, dataDir);
    const before = await openPglite({ dataDir });
    try {
      return await compare(before, driver);
    } finally {
      await before.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(before: Driver, after: Driver): Promise<SnapshotDiff> {
  const [old, current] = [await tablesOf(before), await tablesOf(after)];
  const names = [...new Set([...old.keys(), ...current.keys()])].sort();
  const tables: TableDiff[] = [];
  for (const name of names) {
    const diff = await compareTable(before, after, old.get(name), current.get(name));
    if (diff !== undefined) tables.push(diff);
  }
  return { tables };
}

async function tablesOf(driver: Driver): Promise<ReadonlyMap<string, Table>> {
  const { rows } = await driver.query({ text: TABLES });
  return new Map(rows.map(readTable).map((table) => [`${table.schema}.${table.name}`, table]));
}

const readTable = ([schema, name, columns, key]: Row): Table => ({
  schema: schema ?? '',
  name: name ?? '',
  columns: strings(columns),
  key: strings(key),
});

function strings(json: string | null | undefined): string[] {
  const parsed: unknown = JSON.parse(json ?? '[]');
  return Array.isArray(parsed) ? parsed.map(String) : [];
}

async function compareTable(
  before: Driver,
  after: Driver,
  old?: Table,
  current?: Table,
): Promise<TableDiff | undefined> {
  const table = current ?? old;
  if (table === undefined) return undefined;
  const { name, schema } = table;
  if (old === undefined || current === undefined) {
    const count = await countOf(current === undefined ? before : after, table);
    const kind = current === undefined ? ('removed' as const) : ('added' as const);
    return { schema, table: name, kind, columns: [], counts: kind === 'added' ? [0, count] : [count, 0] };
  }
  const columns = columnChanges(old, current);
  const [was, is] = [await contentOf(before, old), await contentOf(after, current)];
  if (columns.length === 0 && was.hash === is.hash && was.count === is.count) return undefined;
  const keyed = old.key.length > 0 && old.key.join() === current.key.join();
  const rows = keyed ? rowChanges(await hashesOf(before, old), await hashesOf(after, current)) : undefined;
  return { schema, table: name, kind: 'changed', columns, rows, counts: [was.count, is.count] };
}

const columnChanges = (old: Table, current: Table): string[] => [
  ...old.columns.filter((column) => !current.columns.includes(column)).map((column) => `- ${column}`),
  ...current.columns.filter((column) => !old.columns.includes(column)).map((column) => `+ ${column}`),
];

const from = ({ name, schema }: Table): string => `${qualified(schema, name)} AS t`;

async function countOf(driver: Driver, table: Table): Promise<number> {
  const { rows } = await driver.query({ text: `SELECT count(*) FROM ${from(table)}`, prepare: false });
  return Number(rows[0]?.[0] ?? 0);
}

/** The rows' number and a hash of them in whatever order. */
async function contentOf(driver: Driver, table: Table): Promise<{ readonly count: number; readonly hash: string }> {
  const text = `SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM ${from(table)}`;
  const { rows } = await driver.query({ text, prepare: false });
  return { count: Number(rows[0]?.[0] ?? 0), hash: rows[0]?.[1] ?? '' };
}

async function hashesOf(driver: Driver, table: Table): Promise<ReadonlyMap<string, string>> {
  const key = table.key.map((column) => `t.${identifier(column)}`).join(', ');
  const text = `SELECT json_build_array(${key})::text, hashtextextended(t::text, 0) FROM ${from(table)}`;
  const { rows } = await driver.query({ text, prepare: false });
  return new Map(rows.map(([id, hash]) => [id ?? '', hash ?? '']));
}

function rowChanges(old: ReadonlyMap<string, string>, current: ReadonlyMap<string, string>) {
  const counts = { added: 0, removed: 0, changed: 0 };
  for (const [id, hash] of current) {
    const was = old.get(id);
    if (was === undefined) counts.added++;
    else if (was !== hash) counts.changed++;
  }
  for (const id of old.keys()) if (!current.has(id)) counts.removed++;
  return counts;
}
