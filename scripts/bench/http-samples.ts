import { join } from 'node:path';
import type { Load } from './load.ts';
import { computedBy } from './processor-time.ts';
import type { Running } from './running.ts';

export interface Sample extends Load {
  /** Microseconds of processor time that the server computed for each request. */
  readonly cpu: number;
  /** The same of the database server; 0 where the server is its own, or it can't be seen. */
  readonly database: number;
}

export interface Pressure {
  readonly connections: number;
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds that the database server has computed for this database. */
  readonly database?: () => Promise<number>;
}

/** One round of load, from a process of its own. @throws Error where an answer was no success */
export async function sample({ peer, pid, request }: Running, pressure: Pressure): Promise<Sample> {
  const { connections, seconds, headers, database } = pressure;
  const fields = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const body = request.body === undefined ? [] : ['--body', request.body];
  const numbers = ['--connections', String(connections), '--seconds', String(seconds), '--method', request.method];
  const before = await computed(pid, database);
  const load = Bun.spawn(
    [process.execPath, join(import.meta.dir, 'load.ts'), request.url, ...numbers, ...body, ...fields],
    {
      stdout: 'pipe',
    },
  );
  const result = (await load.stdout.json()) as Load; // what load.ts prints
  const after = await computed(pid, database);
  if (result.requests === 0 || result.failed > 0)
    throw new Error(`${peer.name}: ${result.failed} of ${result.requests} requests failed`);
  const each = (milliseconds: number) => (milliseconds * 1_000) / result.requests;
  return { ...result, cpu: each(after.server - before.server), database: each(after.database - before.database) };
}

const computed = async (pid: number, database: Pressure['database']) => ({
  server: computedBy(pid),
  database: (await database?.()) ?? 0,
});
