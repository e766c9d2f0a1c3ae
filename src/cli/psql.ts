import { createInterface } from 'node:readline/promises';
import {
  ConnectionError,
  DatabaseError,
  type Driver,
  type PostgresAddress,
  type Result,
  type Session,
} from '../db/index.ts';
import { libpqTarget } from './libpq.ts';
import { onStopSignals, SIGNALS } from './signals.ts';
import type { Terminal } from './terminal.ts';

/** Whether the system has psql. */
export const hasPsql = (): boolean => Bun.which('psql') !== null;

/** Opens psql on a database, in this terminal; its exit status. More of psql's own arguments may follow. */
export async function runPsql(
  address: PostgresAddress & { readonly url: string },
  args: readonly string[] = [],
): Promise<number> {
  const { url, env } = libpqTarget(address);
  const psql = Bun.spawn(['psql', url, ...args], { env, stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' });
  // A terminal sends Ctrl-C to psql too, which cancels its query by it.
  const passOn = (signal: NodeJS.Signals) => signal !== 'SIGINT' && psql.kill(signal);
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    return await psql.exited;
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}

/**
 * Where there is no psql: reads SQL up to a semicolon at a line's end, runs it, prints what comes. `\q` or Ctrl-D ends; Ctrl-C cancels what
 * runs, or forgets what was typed.
 */
export async function runPrompt(driver: Driver, terminal: Terminal): Promise<void> {
  terminal.note('psql is not installed; this is a plain prompt. End statements with a semicolon, leave with \\q.');
  const session = await driver.session();
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  let sql = '';
  let running: AbortController | undefined;
  let ended = false;
  const ask = () => {
    if (ended) return;
    lines.setPrompt(sql.trim() === '' ? 'hutch=> ' : 'hutch-> ');
    lines.prompt();
  };
  lines.on('SIGINT', () => {
    if (running !== undefined) return running.abort();
    sql = '';
    terminal.note('^C');
    lines.write(null, { ctrl: true, name: 'u' });
    ask();
  });
  const heedNone = onStopSignals(() => {
    ended = true;
    running?.abort();
    lines.close();
  });
  ask();
  try {
    for await (const line of lines) {
      if (sql === '' && /^\s*\\q\s*$/.test(line)) break;
      sql += `${line}\n`;
      if (/;\s*$/.test(sql)) {
        running = new AbortController();
        terminal.print(await run(session, sql, running.signal));
        running = undefined;
        sql = '';
      }
      ask();
    }
  } finally {
    heedNone();
    lines.close();
    await session.release();
  }
}

async function run(session: Session, sql: string, signal: AbortSignal): Promise<string> {
  try {
    return (await session.script(sql, { signal })).map(formatResult).join('\n');
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
