/** What goes on beside the requests: `bun run worker`, as many as there are; the work is shared by locks in the database. */
import { refreshEvery } from 'hutch';
import { upkeep } from './attendance.ts';
import { openDb } from './db.ts';
import { watch } from './monitoring.ts';
import { studentMetrics } from './schema/metrics.ts';

const MINUTE = 60_000;

const log = { warn: (details: object, message: string) => console.warn(message, details) };
const failed = (error: unknown) => console.error(error);

const { spread, driver, db } = await openDb();
const watching = watch(driver, log);
const metrics = refreshEvery(db, studentMetrics, { every: 5 * MINUTE, onError: failed });
const daily = setInterval(() => upkeep(db).catch(failed), 24 * 60 * MINUTE);
const alerts = setInterval(() => watching.alert(), MINUTE);
await upkeep(db);

process.once('SIGTERM', async () => {
  clearInterval(daily);
  clearInterval(alerts);
  await metrics.stop();
  await spread.close();
});
