import type { Lease } from '../../db/index.ts';
import type { Hub } from '../session/hub.ts';
import { runSql } from '../session/sql.ts';
import type { Traits } from '../sql/traits.ts';

const OPEN_CURSORS = 'SELECT FROM pg_catalog.pg_cursors WHERE is_holdable LIMIT 1';
const TEMPORARY_TABLES = `SELECT FROM pg_catalog.pg_class
  WHERE relnamespace = pg_catalog.pg_my_temp_schema() AND relkind = 'r' LIMIT 1`;

/**
 * State that can't be taken off a session and put back: open cursors `WITH HOLD`, and temporary tables `ON COMMIT DELETE ROWS`,
 * which anybody's commit would try to empty. A client that has such state keeps the session, under the limit of a transaction.
 */
export class Reservation {
  private cursors = false;
  private emptied = false;

  get holds(): boolean {
    return this.cursors || this.emptied;
  }

  get reason(): string | undefined {
    if (this.cursors) return 'a cursor WITH HOLD';
    return this.emptied ? 'a temporary table ON COMMIT DELETE ROWS' : undefined;
  }

  /** After a transaction: is there still, or newly, something that holds? Asks Postgres only where there may be. */
  async note(lease: Lease, hub: Hub, traits: readonly Traits[]): Promise<void> {
    const cursors = this.cursors || traits.some(({ holdable }) => holdable);
    const emptied = this.emptied || traits.some(({ emptiedAtCommit }) => emptiedAtCommit);
    if (!cursors && !emptied) return;
    hub.unnamed = undefined;
    this.cursors = cursors && (await runSql(lease, [OPEN_CURSORS])).length > 0;
    this.emptied = emptied && (await runSql(lease, [TEMPORARY_TABLES])).length > 0;
  }
}
