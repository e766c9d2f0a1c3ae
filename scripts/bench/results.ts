/**
 * A long benchmark that is broken off goes on where it was: `RESULTS=<file>` keeps each table, a line of JSON each, and a table that is
 * in the file is printed from there instead of being measured again.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export type TableRow = Readonly<Record<string, string | number>>;

const file = process.env.RESULTS;

interface Entry {
  readonly name: string;
  readonly rows: readonly TableRow[];
}

function known(): readonly Entry[] {
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Entry); // as `table` has written them
}

/** Measures and prints a table, and keeps it; or prints what was kept. Without rows it is neither. */
export async function table(name: string, measure: () => Promise<readonly TableRow[]>): Promise<void> {
  const kept = known().find((entry) => entry.name === name);
  const rows = kept?.rows ?? (await measure());
  if (rows.length === 0) return;
  if (kept === undefined && file !== undefined) appendFileSync(file, `${JSON.stringify({ name, rows })}\n`);
  console.log(`\n${name}${kept === undefined ? '' : ` (from ${file})`}`);
  console.table(rows);
}
