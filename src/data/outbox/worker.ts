import type { Driver, Unlisten } from '../../db/driver.ts';
import { Claims, type OutboxEvent } from './claims.ts';
import { OUTBOX_CHANNEL } from './table.ts';

export type OutboxHandler = (event: OutboxEvent, signal: AbortSignal) => unknown;

export interface OutboxWorkerSettings {
  /** Only these. Default: all. */
  readonly topics?: readonly string[];
  /** Events handled at a time. Default 10. */
  readonly concurrency?: number;
  /** Attempts before an event is put aside as dead. Default 10. */
  readonly attempts?: number;
  /** Milliseconds after which the events of a worker that has died are given to another. Renewed while it lives. Default 30,000. */
  readonly lease?: number;
  /** Milliseconds between looks at what has become due without anybody saying so. Default 1,000. */
  readonly poll?: number;
  /** Milliseconds to the next attempt. Default: from half a second, doubled each time, to ten minutes; random within a half. */
  readonly backoff?: (attempt: number) => number;
  /** Told of what failed: an event's handling, or the worker's own statements (then without an event). */
  readonly onError?: (error: unknown, event?: OutboxEvent) => void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 600_000;
/** Characters of an error kept with its event. */
const ERROR_LENGTH = 1_000;

function exponential(attempt: number): number {
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1));
  return pause / 2 + (Math.random() * pause) / 2;
}

/**
 * Handles the outbox's events, at least once each: a handler that has done its work may be asked again where the process
 * died before it could be noted, so it should be safe to repeat (the event's id tells a repetition). Events of a key come
 * one after the other, in order, also among many workers; an event that fails is tried again with growing pauses, its
 * key's later events waiting behind it, until it is put aside (`deadAt`).
 *
 * ```ts
 * const worker = new OutboxWorker(driver, async (event) => {
 *   await mailer.send(event.topic, event.payload);
 * });
 * await worker.start();
 * process.on('SIGTERM', () => worker.stop());
 * ```
 */
export class OutboxWorker {
  readonly #claims: Claims;
  readonly #handling = new Map<number, Promise<void>>();
  readonly #abandoned = new AbortController();
  readonly #lease: number;
  #wake = Promise.withResolvers<void>();
  #stopping = false;
  #running: Promise<void> | undefined;
  #unlisten: Unlisten | undefined;
  #renewing: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly driver: Driver,
    private readonly handler: OutboxHandler,
    private readonly settings: OutboxWorkerSettings = {},
  ) {
    this.#lease = settings.lease ?? 30_000;
    this.#claims = new Claims(driver, crypto.randomUUID(), this.#lease, settings.topics);
  }

  /** Resolves once it listens. */
  async start(): Promise<void> {
    if (this.#running) return;
    const wake = () => this.#wake.resolve();
    this.#unlisten = await this.driver.listen(OUTBOX_CHANNEL, wake, wake);
    this.#renewing = setInterval(() => this.#renew(), this.#lease / 3);
    this.#running = this.#run();
  }

  /**
   * Takes no more events and waits for those in hand. Handlers that need longer than `graceMs` see their signal abort; what
   * they leave undone is handed to another worker when the lease ends.
   */
  async stop({ graceMs = 10_000 }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#stopping = true;
    this.#wake.resolve();
    const timer = Promise.withResolvers<void>();
    const timeout = setTimeout(timer.resolve, graceMs);
    await Promise.race([this.#running?.then(() => this.#allHandled()), timer.promise]);
    clearTimeout(timeout);
    this.#abandoned.abort();
    clearInterval(this.#renewing);
    await this.#unlisten?.();
    this.#unlisten = undefined;
  }

  async #allHandled(): Promise<void> {
    await Promise.all(this.#handling.values());
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      // Renewed before looking: whoever says something meanwhile is heard.
      this.#wake = Promise.withResolvers();
      const free = (this.settings.concurrency ?? 10) - this.#handling.size;
      const taken = free > 0 ? await this.#take(free) : 0;
      if (free === 0 || taken < free) await this.#pause();
    }
  }

  async #take(limit: number): Promise<number> {
    try {
      const events = await this.#claims.take(limit);
      for (const event of events) this.#handling.set(event.id, this.#handle(event));
      return events.length;
    } catch (error) {
      this.settings.onError?.(error);
      return 0;
    }
  }

  async #pause(): Promise<void> {
    const timer = setTimeout(this.#wake.resolve, this.settings.poll ?? 1_000);
    await this.#wake.promise;
    clearTimeout(timer);
  }

  async #handle(event: OutboxEvent): Promise<void> {
    try {
      await this.#attempt(event);
    } catch (error) {
      // Its lease ends by itself, and then it is tried again.
      this.settings.onError?.(error, event);
    } finally {
      this.#handling.delete(event.id);
      this.#wake.resolve();
    }
  }

  async #attempt(event: OutboxEvent): Promise<void> {
    try {
      await this.handler(event, this.#abandoned.signal);
    } catch (error) {
      this.settings.onError?.(error, event);
      return this.#failed(event, error);
    }
    await this.#claims.done(event.id);
  }

  async #failed(event: OutboxEvent, error: unknown): Promise<void> {
    const text = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, ERROR_LENGTH);
    if (event.attempt >= (this.settings.attempts ?? 10)) return this.#claims.bury(event.id, text);
    await this.#claims.retry(event.id, text, (this.settings.backoff ?? exponential)(event.attempt));
  }

  #renew(): void {
    if (this.#handling.size === 0) return;
    this.#claims.renew([...this.#handling.keys()]).catch((error: unknown) => this.settings.onError?.(error));
  }
}
