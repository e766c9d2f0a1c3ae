export type { OutboxEvent } from './claims.ts';
export { enqueue, MAX_PAYLOAD, type NewEvent } from './enqueue.ts';
export { OUTBOX_CHANNEL, outbox } from './table.ts';
export { type OutboxHandler, OutboxWorker, type OutboxWorkerSettings } from './worker.ts';
