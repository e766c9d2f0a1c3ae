/** HTTP reads while clients of the Postgres port are connected and do nothing. */
import pg from 'pg';
import { CASES } from '../dataset.ts';
import { startDev } from '../dev-server.ts';
import { type Sample, sample } from '../http-samples.ts';
import { median } from '../median.ts';
import { hutch } from '../peers/hutch.ts';
import type { TableRow } from '../results.ts';
import type { Running } from '../running.ts';
import { amount } from '../selection.ts';

const CLIENTS = 20;

export async function idleClients(rounds: number): Promise<readonly TableRow[]> {
  const [it] = CASES;
  if (it === undefined) return [];
  const server = await startDev({ HUTCH_WIRE: 'on' });
  const running = { ...server, peer: hutch, request: { ...it, url: `${server.address}/rest/v1${it.url}` } };
  try {
    const rows: TableRow[] = [];
    for (const connections of [1, 32]) rows.push(...(await compare(running, server.postgres, connections, rounds)));
    return rows;
  } finally {
    await server.stop();
  }
}

async function compare(
  running: Running,
  url: string,
  connections: number,
  rounds: number,
): Promise<readonly TableRow[]> {
  const pressure = { connections, seconds: amount('SECONDS', 2), headers: {} };
  const samples: readonly [Sample[], Sample[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    for (const [place, clients] of [0, CLIENTS].entries()) {
      const leave = await connect(url, clients);
      const taken = await sample(running, pressure).finally(leave);
      if (round > 0) samples[place]?.push(taken);
    }
  }
  const [none, some] = samples;
  return [
    row(`${connections} conn., no clients`, none, none),
    { ...row(`${connections} conn., ${CLIENTS} idle clients`, some, none), asked: '≤ 1.05' },
  ];
}

/** Connects clients which have asked something, and gives the way to end them. */
async function connect(url: string, clients: number): Promise<() => Promise<void>> {
  const all = Array.from({ length: clients }, () => new pg.Client({ connectionString: url }));
  for (const client of all) {
    await client.connect();
    await client.query("set application_name = 'idle'; select 1");
  }
  return async () => void (await Promise.all(all.map((client) => client.end())));
}

function row(what: string, samples: readonly Sample[], base: readonly Sample[]): TableRow {
  const of = (from: readonly Sample[], key: 'perSecond' | 'p99' | 'cpu') => median(from.map((one) => one[key]));
  return {
    what,
    'req/s': Math.round(of(samples, 'perSecond')),
    'p99 ms': of(samples, 'p99').toFixed(2),
    'cpu µs': Math.round(of(samples, 'cpu')),
    ratio: (of(base, 'perSecond') / of(samples, 'perSecond')).toFixed(2),
    'cpu ratio': (of(samples, 'cpu') / of(base, 'cpu')).toFixed(2),
    asked: '',
  };
}
