/**
 * Time that processes have computed. Other work on the machine stretches a clock's time, and hardly this one, so it tells more
 * wherever the machine is not ours alone. Read from `/proc`; where there is none, it is 0.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Driver } from '../../src/db/index.ts';

/** Milliseconds of a clock tick, which is what `/proc` counts in. */
const TICK = 10;

/** Places in `/proc/<pid>/stat`, after the name: parent, own user and system time, and those of children that have ended. */
const PARENT = 1;
const OWN = [11, 12];
const ENDED_CHILDREN = [13, 14];

function stat(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
  } catch {
    return []; // it has ended, or this system has no such files
  }
}

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

/** The process that all of a Postgres server's are children of; undefined where it runs elsewhere, or within this one. */
export async function postmasterOf(driver: Driver): Promise<number | undefined> {
  if (driver.engine !== 'postgres') return undefined;
  const local = await driver.query({ text: "SELECT pg_backend_pid(), inet_server_addr() <<= inet '127.0.0.0/8'" });
  const [[pid, isLocal] = []] = local.rows;
  const parent = Number(stat(Number(pid))[PARENT]);
  return isLocal === 'f' || !Number.isInteger(parent) ? undefined : parent;
}
