import { openPostgres } from '../../db/index.ts';
import { OutboxWorker } from '../outbox/index.ts';

/** A process that handles the outbox by writing down what it was given, until it is killed. */
const driver = await openPostgres({ url: process.env.OUTBOX_URL ?? '', poolSize: 4 });
const worker = new OutboxWorker(
  driver,
  async ({ id, key }) => {
    await Bun.sleep(Math.random() * 3);
    await driver.query({ text: 'insert into handled (id, key) values ($1::bigint, $2)', params: [String(id), key] });
  },
  { lease: 300, poll: 20, concurrency: 8 },
);
await worker.start();
