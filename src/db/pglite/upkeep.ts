import type { Connection } from '../connection/connection.ts';
import { identifier } from '../quoting.ts';
import type { PglitePool } from './pool.ts';

/**
 * What a server's background processes do, and an embedded engine has none of: checkpoints (without them the WAL grows for ever, and
 * with it the time to reopen), and VACUUM and ANALYZE of tables that have changed much.
 */

/** How often the engine is looked at, in milliseconds. */
const LOOK_EVERY = 5_000;
/** WAL since the last checkpoint: from here on a quiet moment is used, and from here on none is waited for. */
const CHECKPOINT_BYTES = 4 * 1024 * 1024;
const CHECKPOINT_AT_ONCE_BYTES = 64 * 1024 * 1024;
/** Autovacuum's own thresholds: dead or changed rows, beyond a fixed number plus a part of the table. */
const THRESHOLD_ROWS = 50;
const VACUUM_PART = 0.2;
const ANALYZE_PART = 0.1;
/** Tables treated on one occasion, so that nobody waits long. */
const TABLES_AT_ONCE = 5;

const WAL_SINCE = 'SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn) FROM pg_control_checkpoint()';

const WORN_TABLES = `
  SELECT n.nspname, c.relname, s.n_dead_tup > ${THRESHOLD_ROWS} + ${VACUUM_PART} * greatest(c.reltuples, 0)
  FROM pg_stat_user_tables s
  JOIN pg_class c ON c.oid = s.relid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE s.n_dead_tup > ${THRESHOLD_ROWS} + ${VACUUM_PART} * greatest(c.reltuples, 0)
     OR s.n_mod_since_analyze > ${THRESHOLD_ROWS} + ${ANALYZE_PART} * greatest(c.reltuples, 0)
  ORDER BY s.n_dead_tup + s.n_mod_since_analyze DESC
  LIMIT ${TABLES_AT_ONCE}`;

/** Looks after an engine until stopped. */
export class Upkeep {
  private readonly timer: ReturnType<typeof setInterval>;
  private working = false;

  constructor(
    private readonly pool: PglitePool,
    private readonly log: (message: string) => void,
    every = LOOK_EVERY,
  ) {
    this.timer = setInterval(() => void this.look(), every);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Does what is due; where the engine is at work, only what can't wait. */
  async look(): Promise<void> {
    if (this.working || !this.pool.usedSinceLook()) return;
    this.working = true;
    try {
      const quiet = this.pool.quiet;
      const slot = await this.pool.acquire();
      try {
        await this.treat(slot.connection, quiet);
      } finally {
        slot.release();
      }
    } catch (error) {
      this.log(`upkeep of the embedded Postgres failed: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.working = false;
    }
  }

  private async treat(connection: Connection, quiet: boolean): Promise<void> {
    const [wal] = await connection.run([{ text: WAL_SINCE }]);
    const bytes = Number(wal?.rows[0]?.[0] ?? 0);
    if (quiet) await this.refreshTables(connection);
    if (bytes > (quiet ? CHECKPOINT_BYTES : CHECKPOINT_AT_ONCE_BYTES)) await connection.script('CHECKPOINT');
  }

  private async refreshTables(connection: Connection): Promise<void> {
    const [worn] = await connection.run([{ text: WORN_TABLES }]);
    for (const [schema, table, dead] of worn?.rows ?? []) {
      const name = `${identifier(schema ?? '')}.${identifier(table ?? '')}`;
      await connection.script(`${dead === 't' ? 'VACUUM (ANALYZE)' : 'ANALYZE'} ${name}`);
    }
  }
}
