import type { Config } from '../../config/index.ts';
import { type Driver, HOUSE, labelled } from '../../db/index.ts';
import type { Logger } from '../../http/logger.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Milliseconds after the start until the first look: a start has better things to do. */
const FIRST = MINUTE;
/** An event that has been due for so long is one that nobody takes. */
const OVERDUE = '10 minutes';

interface Parts {
  readonly config: Config;
  readonly driver: Driver;
  readonly log: Logger;
}

/** What has to be done now and then, as long as the server runs. Gives the way to stop. */
export function keepHouse({ config, driver: shared, log }: Parts): () => void {
  const driver = labelled(shared, HOUSE);
  const failed = (what: string) => (error: unknown) => log.warn({ err: error }, `${what} failed`);
  const retention = every(DAY, () => forgetOldChanges(driver, config.auditRetention, log).catch(failed('retention')));
  let known = '';
  const outbox = every(10 * MINUTE, async () => {
    const hint = await outboxHint(driver).catch(failed('looking at the outbox'));
    if (hint && hint !== known) log.warn(hint);
    known = hint ?? '';
  });
  return () => {
    retention();
    outbox();
  };
}

function every(pause: number, work: () => Promise<void>): () => void {
  let timer = setTimeout(run, FIRST);
  timer.unref();
  async function run(): Promise<void> {
    await work();
    timer = setTimeout(run, pause);
    timer.unref();
  }
  return () => clearTimeout(timer);
}

/** Drops the months of the audit log that are past keeping, where there is one; one process of several does it. */
export async function forgetOldChanges(driver: Driver, keep: number, log: Pick<Logger, 'info'>): Promise<void> {
  if (keep === 0) return;
  const [asked] = (await driver.query({ text: HAS_AUDIT, prepare: false })).rows;
  if (asked?.[0] !== 't') return;
  const { rows } = await driver.query({ text: RETAIN, params: [`${keep / 1_000} seconds`], prepare: false });
  const months = Number(rows[0]?.[0] ?? 0);
  if (months > 0) log.info({ months }, 'dropped old months of the audit log');
}

const HAS_AUDIT = `SELECT to_regprocedure('hutch.audit_retain(interval)') IS NOT NULL
  AND has_function_privilege('hutch.audit_retain(interval)', 'EXECUTE')`;

const RETAIN = `SELECT CASE WHEN pg_try_advisory_xact_lock(hashtextextended('hutch.audit_retain', 0))
  THEN hutch.audit_retain($1::interval) ELSE 0 END`;

/** What somebody should know of the outbox: that events wait and nobody takes them, or that some could not be handled. */
export async function outboxHint(driver: Driver): Promise<string | undefined> {
  const [there] = (await driver.query({ text: HAS_OUTBOX, prepare: false })).rows;
  if (there?.[0] !== 't') return undefined;
  const { rows } = await driver.query({ text: OUTBOX, prepare: false });
  const [waiting = 0, dead = 0] = (rows[0] ?? []).map(Number);
  if (waiting > 0)
    return `${waiting} events of the outbox have been due for over ${OVERDUE}: is there an OutboxWorker?`;
  return dead > 0 ? `${dead} events of the outbox could not be handled (dead_at); last_error says why` : undefined;
}

const HAS_OUTBOX = `SELECT coalesce(has_table_privilege(to_regclass('hutch_outbox'), 'SELECT'), false)`;

const OUTBOX = `SELECT
  count(*) FILTER (WHERE dead_at IS NULL AND due_at < clock_timestamp() - interval '${OVERDUE}'
    AND coalesce(claimed_until, '-infinity') < clock_timestamp()),
  count(*) FILTER (WHERE dead_at IS NOT NULL)
FROM hutch_outbox`;
