import pg from 'pg';
import { type Driver, openPglite, PgliteDriver } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import { openWire, type WireOptions } from '../index.ts';

/** A Postgres to connect to: the port onto an embedded engine, or a real server. Both must give the same answers. */
export interface Target {
  readonly url: string;
  readonly driver: Driver;
  close(): Promise<void>;
}

export interface TargetKind {
  readonly name: string;
  readonly unavailable?: string;
  open(): Promise<Target>;
}

export interface WireTarget extends Target {
  readonly driver: PgliteDriver;
  readonly port: number;
}

/** The port onto a new database in memory. */
export async function openWireTarget(options: Partial<WireOptions> = {}): Promise<WireTarget> {
  const driver = await openPglite();
  if (!(driver instanceof PgliteDriver)) throw new TypeError('the embedded engine has another driver');
  const wire = openWire(driver, { port: 0, ...options });
  const close = async () => {
    await wire.stop();
    await driver.close();
  };
  return { url: wire.url, port: wire.port, driver, close };
}

const server = engines().find(({ name }) => name === 'postgres');

export const targets: readonly TargetKind[] = [
  { name: 'the port', open: () => openWireTarget() },
  { name: 'a Postgres server', unavailable: server?.unavailable, open: openServerTarget },
];

async function openServerTarget(): Promise<Target> {
  if (server === undefined) throw new TypeError('there is no Postgres server among the engines');
  const { postgresUrl, withDatabase } = await import('../../db/test/engines.ts');
  const driver = await server.open();
  const result = await driver.query({ text: 'SELECT current_database()' });
  const url = withDatabase(await postgresUrl(), result.rows[0]?.[0] ?? '');
  return { url, driver, close: () => driver.close() };
}

/** Connected clients, all ended by `end`. */
export class Clients {
  private readonly open: pg.Client[] = [];

  constructor(private readonly url: string) {}

  async connect(options: Partial<pg.ClientConfig> = {}): Promise<pg.Client> {
    const { hostname, password, pathname, port, username } = new URL(this.url);
    const client = new pg.Client({
      host: hostname,
      port: Number(port),
      user: username,
      password: decodeURIComponent(password),
      database: pathname.slice(1),
      ...options,
    });
    client.on('error', () => {}); // a test that ends a connection looks at what its queries say
    await client.connect();
    this.open.push(client);
    return client;
  }

  async end(): Promise<void> {
    await Promise.all(this.open.map((client) => client.end().catch(() => {})));
  }
}

/** The first column of each row. */
export async function column(client: pg.Client, text: string, values: unknown[] = []): Promise<unknown[]> {
  const { rows } = await client.query<unknown[]>({ text, values, rowMode: 'array' });
  return rows.map(([first]) => first);
}

export async function value(client: pg.Client, text: string, values: unknown[] = []): Promise<unknown> {
  return (await column(client, text, values))[0];
}

/** The SQLSTATE that a query fails with, or 'ok'. */
export async function code(running: Promise<unknown>): Promise<string> {
  try {
    await running;
    return 'ok';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
