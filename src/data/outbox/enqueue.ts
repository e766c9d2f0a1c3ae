import { type SQL, sql } from 'drizzle-orm';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';
import { OUTBOX_CHANNEL, outbox } from './table.ts';

export interface NewEvent {
  readonly topic: string;
  /** Events of one key keep their order. */
  readonly key?: string;
  /** Anything that has JSON. */
  readonly payload?: unknown;
  /** Milliseconds to wait before it is handled. */
  readonly delay?: number;
}

/** Bytes of a payload: it is a message and not a store. */
export const MAX_PAYLOAD = 1024 * 1024;

/**
 * Puts an event into the outbox, in the writer's own transaction: it is handled if, and only if, that commits. Workers are
 * woken by the commit. Ids follow the order of calls, so writers who first lock what the key stands for keep its order.
 *
 * ```ts
 * await transaction(db, async (tx) => {
 *   const [order] = await tx.insert(orders).values({ total: 12 }).returning();
 *   await enqueue(tx, { topic: 'order.placed', key: `order:${order.id}`, payload: order });
 * });
 * ```
 *
 * @returns the event's id
 * @throws HutchError `outbox_event_invalid`
 */
export async function enqueue(tx: Database, event: NewEvent): Promise<number> {
  const payload = payloadOf(event);
  const [row] = await rowsOf<{ id: string | number }>(
    tx,
    sql`with event as (insert into ${outbox} (topic, key, payload, due_at)
        values (${topicOf(event)}, ${event.key ?? null}, ${payload}::text::jsonb, ${dueAt(event)}) returning id, topic)
      select id, pg_notify(${OUTBOX_CHANNEL}, topic) from event`,
  );
  return Number(row?.id);
}

function topicOf({ topic }: NewEvent): string {
  if (typeof topic === 'string' && topic !== '') return topic;
  throw new HutchError('outbox_event_invalid', { field: 'topic', details: 'An event needs a topic' });
}

function dueAt({ delay = 0 }: NewEvent): SQL {
  if (!Number.isFinite(delay) || delay < 0) {
    throw new HutchError('outbox_event_invalid', { field: 'delay', details: 'A delay is milliseconds from now' });
  }
  return sql`clock_timestamp() + ${`${delay / 1_000} seconds`}::interval`;
}

function payloadOf({ payload = null }: NewEvent): string {
  const text = jsonOf(payload);
  if (text === undefined) throw new HutchError('outbox_event_invalid', { field: 'payload', details: 'It has no JSON' });
  if (text.length > MAX_PAYLOAD) {
    throw new HutchError('outbox_event_invalid', {
      field: 'payload',
      details: `It has more than ${MAX_PAYLOAD} characters`,
    });
  }
  return text;
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new HutchError('outbox_event_invalid', { field: 'payload', details: 'It has no JSON', cause });
  }
}
