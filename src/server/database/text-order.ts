import { type Driver, HOUSE } from '../../db/index.ts';
import type { Logger } from '../../http/logger.ts';

/** By code point all three hold; every language's own order puts letters of one kind together, whatever their case. */
const BY_CODE_POINT = `SELECT 'B' < 'a' AND 'Z' < '_' AND '_' < 'a',
  coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', d.datcollate)
FROM pg_database d WHERE datname = current_database()`;

/**
 * Text sorts by code point on the embedded engine (as `COLLATE "C"`: capitals first, accents last). A Postgres whose database has the locale C,
 * C.UTF-8 or the built-in provider sorts the same; one with a language's locale does not, and then this says so in the log, once. Where an
 * order must be the same everywhere, give the column a collation: `COLLATE "C"`, which both engines have;
 * `COLLATE "unicode"` (ICU's root order, from PostgreSQL 16 on) is in both as well, and is a person's order rather than a machine's.
 */
export async function tellTextOrder(driver: Driver, log: Logger): Promise<void> {
  if (driver.engine === 'pglite') return;
  const { rows } = await driver.query({ text: BY_CODE_POINT, prepare: false }, { label: HOUSE });
  const [same, locale] = rows[0] ?? [];
  if (same === 't') return;
  log.info(
    `text sorts by ${locale}, not by code point as in the embedded database: orders may differ from development`,
  );
}
