/**
 * Time that processes have computed. Other work on the machine stretches a clock's time, and hardly this one, so it tells more
 * wherever the machine is not ours alone. Read from `/proc`; where there is none, it is 0.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Driver } from '../../src/db/index.ts';

/** Milliseconds of a clock tick, which is what `/proc/<pid>/stat` counts in. */
const TICK = 10;

/** Places in it, after the name: parent, own user and system time, and those of children that have ended. */
const PARENT = 1;
const OWN = [11, 12];
const ENDED_CHILDREN = [13, 14];

/** A file's text; empty where the process has ended, or this system has no such files. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const stat = (pid: number): readonly string[] =>
  read(`/proc/${pid}/stat`)
    .replace(/^.*\) /, '')
    .split(' ');

const sum = (fields: readonly string[], places: readonly number[]): number =>
  places.reduce((total, place) => total + Number(fields[place] ?? 0), 0);

/** Milliseconds that a process has computed, all threads together. */
export const computedBy = (pid: number): number => sum(stat(pid), OWN) * TICK;

/** Milliseconds that a process and its children have computed, those that have ended included. */
export function computedByFamily(pid: number): number {
  const children = processes().filter((child) => Number(stat(child)[PARENT]) === pid);
  const ticks = [pid, ...children].reduce((total, member) => total + sum(stat(member), OWN), 0);
  return (ticks + sum(stat(pid), ENDED_CHILDREN)) * TICK;
}

function processes(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

const BACKENDS = `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
  AND coalesce(inet_server_addr() <<= '127.0.0.0/8', true)`;

/**
 * Milliseconds that a Postgres server's processes have computed for the connections to the driver's database: others may use the server.
 * 0 where it runs elsewhere, or within this process. To ask costs a part of a millisecond itself.
 */
export async function computedForDatabase(driver: Driver): Promise<number> {
  if (driver.engine !== 'postgres') return 0;
  const { rows } = await driver.query({ text: BACKENDS });
  return rows.reduce((total, [pid]) => total + computedByBackend(pid ?? ''), 0);
}

/** A process of one thread, to the nanosecond. In a container it may be another's number. */
function computedByBackend(pid: string): number {
  if (!read(`/proc/${pid}/comm`).startsWith('postgres')) return 0;
  return Number(read(`/proc/${pid}/schedstat`).split(' ')[0]) / 1e6;
}
