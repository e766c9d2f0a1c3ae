import type { Executor, Row } from '../../db/driver.ts';

/** An event as its handler gets it. */
export interface OutboxEvent {
  readonly id: number;
  readonly topic: string;
  readonly key: string | null;
  readonly payload: unknown;
  readonly createdAt: Date;
  /** 1 the first time. Above it, an earlier handling may have done its work and not come to say so. */
  readonly attempt: number;
}

/**
 * Takes what is due. An event with a key is taken only when none of its key is left before it, which keeps their order
 * among any number of workers; who is being claimed by another transaction is passed over.
 */
const CLAIM = `
  update hutch_outbox set attempts = attempts + 1, claimed_by = $1, claimed_until = clock_timestamp() + $2::interval
  where id in (
    select e.id from hutch_outbox e
    where e.dead_at is null and e.due_at <= clock_timestamp()
      and (e.claimed_until is null or e.claimed_until < clock_timestamp())
      and ($4::text[] is null or e.topic = any ($4::text[]))
      and not exists (select from hutch_outbox before where before.key = e.key and before.id < e.id and before.dead_at is null)
    order by e.id limit $3::int for update of e skip locked)
  returning id, topic, key, payload, created_at, attempts`;

/** Only who has claimed it may say what became of it: after its time it may be another's. */
const DONE = 'delete from hutch_outbox where id = $1::bigint and claimed_by = $2';

const RETRY = `
  update hutch_outbox set claimed_by = null, claimed_until = null, last_error = $3, due_at = clock_timestamp() + $4::interval
  where id = $1::bigint and claimed_by = $2`;

const BURY = `
  update hutch_outbox set claimed_by = null, claimed_until = null, last_error = $3, dead_at = clock_timestamp()
  where id = $1::bigint and claimed_by = $2`;

const RENEW = `
  update hutch_outbox set claimed_until = clock_timestamp() + $2::interval
  where claimed_by = $1 and claimed_until is not null and id = any ($3::bigint[])`;

/** Statements of one worker on its events. Times are milliseconds. */
export class Claims {
  constructor(
    private readonly db: Executor,
    private readonly worker: string,
    private readonly lease: number,
    private readonly topics: readonly string[] | undefined,
  ) {}

  async take(limit: number): Promise<readonly OutboxEvent[]> {
    const topics = this.topics ? arrayOf(this.topics) : null;
    const { rows } = await this.db.query({
      text: CLAIM,
      params: [this.worker, interval(this.lease), String(limit), topics],
    });
    return rows.map(eventOf).sort((a, b) => a.id - b.id);
  }

  async done(id: number): Promise<void> {
    await this.db.query({ text: DONE, params: [String(id), this.worker] });
  }

  async retry(id: number, error: string, pause: number): Promise<void> {
    await this.db.query({ text: RETRY, params: [String(id), this.worker, error, interval(pause)] });
  }

  async bury(id: number, error: string): Promise<void> {
    await this.db.query({ text: BURY, params: [String(id), this.worker, error] });
  }

  async renew(ids: readonly number[]): Promise<void> {
    await this.db.query({ text: RENEW, params: [this.worker, interval(this.lease), `{${ids.join(',')}}`] });
  }
}

const interval = (milliseconds: number): string => `${Math.ceil(milliseconds) / 1_000} seconds`;

const arrayOf = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;

function eventOf([id, topic, key, payload, createdAt, attempts]: Row): OutboxEvent {
  return {
    id: Number(id),
    topic: topic ?? '',
    key: key ?? null,
    payload: JSON.parse(payload ?? 'null'),
    createdAt: new Date(createdAt ?? 0),
    attempt: Number(attempts),
  };
}
