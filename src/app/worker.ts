/** What goes on beside the requests: `DATABASE_URL=… bun src/app/worker.ts`, as many as there are. */
import { type OutboxHandler, OutboxWorker } from '../data/outbox/index.ts';
import { withAdvisoryLock } from '../data/transaction/index.ts';
import { drizzleOver } from '../db/drizzle/drizzle.ts';
import { type Driver, openDatabase } from '../db/index.ts';
import { isHutchError } from '../errors/index.ts';
import { escalateOverdue } from './escalation.ts';

export interface HelpDeskWorkerSettings {
  /** Milliseconds between looks for overdue tickets. */
  readonly every: number;
  /** Handles the events: mails, calls other services. */
  readonly handle: OutboxHandler;
  readonly onError: (error: unknown) => void;
}

/** Escalates overdue tickets, and hands the events of the outbox to `handle`, until it is disposed of. */
export async function helpDeskWorker(driver: Driver, settings: HelpDeskWorkerSettings): Promise<AsyncDisposable> {
  const outbox = new OutboxWorker(driver, settings.handle, { onError: settings.onError });
  await outbox.start();
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(() => escalate(driver)).catch(settings.onError);
  }, settings.every);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await looking;
      await outbox.stop();
    },
  };
}

/** Of several workers one does it, and the others skip their turn. */
async function escalate(driver: Driver): Promise<void> {
  const db = drizzleOver(driver);
  const once = () => withAdvisoryLock(db, 'escalation', (tx) => escalateOverdue(tx), { wait: 0 });
  await once().catch((error: unknown) => {
    if (!isHutchError(error) || error.code !== 'lock_unavailable') throw error;
  });
}

if (import.meta.main) {
  const url = process.env.DATABASE_URL;
  const driver = await openDatabase(url === undefined ? {} : { postgres: { url } });
  const worker = await helpDeskWorker(driver, {
    every: 60_000,
    handle: ({ topic, payload }) => console.log(topic, payload),
    onError: console.error,
  });
  process.once('SIGTERM', async () => {
    await worker[Symbol.asyncDispose]();
    await driver.close();
  });
}
