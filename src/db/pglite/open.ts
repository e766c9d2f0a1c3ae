import type { Driver } from '../driver.ts';
import { PooledDriver } from '../pooled-driver.ts';
import { PglitePool } from './pool.ts';
import { hasDatabase, layTemplate, readTemplate } from './template.ts';

export interface PgliteOptions {
  /** The data folder; made from the template where there is no database in it. Absent: a database in memory. */
  readonly dataDir?: string;
  /** Commits survive a power cut, at the price of an fsync each. Default false: they survive a crash of the process only. */
  readonly fsync?: boolean;
  /** Milliseconds a statement may take where the caller gives no limit; 0: no limit. */
  readonly statementTimeout?: number;
  /** Milliseconds to wait for a turn. */
  readonly queueTimeout?: number;
  /** Told of restarts and upkeep, a line each. */
  readonly log?: (message: string) => void;
}

export const DEFAULT_STATEMENT_TIMEOUT = 30_000;
export const DEFAULT_QUEUE_TIMEOUT = 30_000;

/** Opens an embedded Postgres: a data folder, or a database in memory. */
export async function openPglite(options: PgliteOptions = {}): Promise<Driver> {
  const { dataDir, fsync = false } = options;
  if (dataDir !== undefined && !hasDatabase(dataDir)) await layTemplate(dataDir);
  const template = dataDir === undefined ? await readTemplate() : undefined;
  const pool = new PglitePool({
    engine: { dataDir, template, fsync },
    queueTimeout: options.queueTimeout ?? DEFAULT_QUEUE_TIMEOUT,
    log: options.log ?? (() => {}),
  });
  await pool.start();
  return new PooledDriver(pool, {
    engine: 'pglite',
    version: await versionOf(pool),
    capabilities: {
      concurrent: false,
      serializationFailures: false,
      streamingCopy: false,
      serverCancel: false,
      createDatabase: false,
    },
    statementTimeout: options.statementTimeout ?? DEFAULT_STATEMENT_TIMEOUT,
  });
}

async function versionOf(pool: PglitePool): Promise<string> {
  const slot = await pool.acquire();
  try {
    const [result] = await slot.connection.script('SHOW server_version');
    return result?.rows[0]?.[0]?.split(' ')[0] ?? '';
  } finally {
    slot.release();
  }
}
