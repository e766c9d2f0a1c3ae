import { createInterface } from 'node:readline/promises';
import { ConnectionError, DatabaseError, type Driver, type Result } from '../db/index.ts';
import type { Terminal } from './terminal.ts';

/** Whether the system has psql. */
export const hasPsql = (): boolean => Bun.which('psql') !== null;

/** Opens psql on a Postgres port, in this terminal; its exit status. More of psql's own arguments may follow. */
export async function runPsql(url: string, args: readonly string[] = []): Promise<number> {
  const ignore = () => {}; // Ctrl-C is psql's to handle
  process.on('SIGINT', ignore);
  try {
    const psql = Bun.spawn(['psql', url, ...args], { stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' });
    return await psql.exited;
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** Where there is no psql: reads SQL up to a semicolon at a line's end, runs it, prints what comes. `\q` or Ctrl-D ends. */
export async function runPrompt(driver: Driver, terminal: Terminal): Promise<void> {
  terminal.note('psql is not installed; this is a plain prompt. End statements with a semicolon, leave with \\q.');
  const session = await driver.session();
  const lines = createInterface({ input: process.stdin, output: process.stderr, prompt: 'hutch=> ' });
  let sql = '';
  lines.prompt();
  try {
    for await (const line of lines) {
      if (sql === '' && /^\s*\\q\s*$/.test(line)) break;
      sql += `${line}\n`;
      if (/;\s*$/.test(sql)) {
        terminal.print(await run(() => session.script(sql)));
        sql = '';
      }
      lines.setPrompt(sql.trim() === '' ? 'hutch=> ' : 'hutch-> ');
      lines.prompt();
    }
  } finally {
    lines.close();
    await session.release();
  }
}

async function run(work: () => Promise<readonly Result[]>): Promise<string> {
  try {
    return (await work()).map(formatResult).join('\n');
  } catch (error) {
    if (error instanceof DatabaseError) return formatError(error);
    if (error instanceof ConnectionError) return `ERROR:  ${error.message}`;
    throw error;
  }
}

const formatError = ({ code, fields, message }: DatabaseError): string =>
  [
    `ERROR:  ${code}: ${message}`,
    fields.detail === undefined ? [] : `DETAIL:  ${fields.detail}`,
    fields.hint === undefined ? [] : `HINT:  ${fields.hint}`,
  ]
    .flat()
    .join('\n');

/** A result as psql draws it. */
export function formatResult({ command, count, fields, rows }: Result): string {
  if (fields.length === 0) return count > 0 ? `${command} ${count}` : command;
  const cells = [fields.map(({ name }) => name), ...rows.map((row) => row.map((cell) => cell ?? ''))];
  const widths = fields.map((_, index) => Math.max(...cells.map((row) => Bun.stringWidth(row[index] ?? ''))));
  const line = (row: readonly string[]) =>
    row.map((cell, index) => ` ${cell}${' '.repeat((widths[index] ?? 0) - Bun.stringWidth(cell))} `).join('|');
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+');
  const [head = [], ...body] = cells;
  return [line(head), rule, ...body.map(line), `(${rows.length} row${rows.length === 1 ? '' : 's'})`].join('\n');
}
