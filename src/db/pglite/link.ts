import { ConnectionError, DatabaseError } from '../driver.ts';
import { CANCEL_MESSAGES, type CancelReason, type Link, QUERY_CANCELED } from '../link.ts';
import { NOTIFICATION, type Notification, readNotification } from '../protocol/backend.ts';
import { Frames, type Receive } from '../protocol/frames.ts';
import { copyData, copyDone } from '../protocol/frontend.ts';
import { Writer } from '../protocol/writer.ts';
import type { EngineOptions, FromWorker, ToWorker } from './messages.ts';

/** Milliseconds that an engine has for its shutdown checkpoint before its Worker is ended. */
const CLOSE_TIME = 5_000;

export interface WorkerLinkEvents {
  notified(notification: Notification): void;
  /** The engine is gone without having been asked to go; `cancelled` where a statement was ended by ending the engine. */
  died(reason: string, cancelled: boolean): void;
}

interface Running {
  readonly received: (bytes: Uint8Array) => void;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The link to an engine in a Worker. */
export class WorkerLink implements Link {
  broken = false;
  private running: Running | undefined;
  private closed: (() => void) | undefined;

  private constructor(
    private readonly worker: Worker,
    private readonly events: WorkerLinkEvents,
  ) {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.take(data);
    worker.onerror = (event) => this.die(event.message, false);
    worker.addEventListener('close', () => this.die('its thread ended', false));
  }

  /** Starts an engine; rejects with the reason where it can't. */
  static open(options: EngineOptions, events: WorkerLinkEvents): Promise<WorkerLink> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    return new Promise((resolve, reject) => {
      const failed = (reason: string) => {
        worker.terminate();
        reject(new ConnectionError(`the embedded Postgres did not start: ${reason}`, 'unreachable'));
      };
      worker.onerror = (event) => failed(event.message);
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.kind === 'ready') resolve(new WorkerLink(worker, events));
        else if (data.kind === 'failed') failed(data.reason);
      };
      const message: ToWorker = { kind: 'open', options };
      worker.postMessage(message);
    });
  }

  exchange(request: Uint8Array<ArrayBuffer>, receive: Receive): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.broken) return reject(restarted());
      const frames = new Frames();
      const { notified } = this.events;
      const tap: Receive = (type, buffer, start, end) => {
        if (type === NOTIFICATION) notified(readNotification(buffer, start));
        else receive(type, buffer, start, end);
      };
      this.running = { resolve, reject, received: (bytes) => frames.push(bytes, tap) };
      this.post({ kind: 'request', bytes: request }, [request.buffer]);
    });
  }

  async copyIn(request: Uint8Array<ArrayBuffer>, chunks: AsyncIterable<Uint8Array>, receive: Receive): Promise<void> {
    const writer = new Writer();
    writer.bytes(request);
    for await (const chunk of chunks) copyData(writer, chunk);
    copyDone(writer);
    await this.exchange(writer.take(), receive);
  }

  async cancel(reason: CancelReason): Promise<void> {
    if (this.running === undefined) return;
    this.worker.terminate();
    const { running } = this;
    this.running = undefined;
    running.reject(new DatabaseError(CANCEL_MESSAGES[reason], QUERY_CANCELED));
    this.die(CANCEL_MESSAGES[reason], true);
  }

  pause(): void {}

  resume(): void {}

  async end(): Promise<void> {
    if (this.broken) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = resolve;
    const timer = setTimeout(resolve, CLOSE_TIME);
    this.post({ kind: 'close' });
    await promise;
    clearTimeout(timer);
    this.broken = true;
    this.worker.terminate();
  }

  /** Ends the engine at once. What was committed is in its files. */
  kill(): void {
    this.broken = true;
    this.worker.terminate();
    this.fail(restarted());
  }

  private take(message: FromWorker): void {
    if (message.kind === 'closed') this.closed?.();
    if (message.kind === 'died') this.die(message.reason, false);
    if (message.kind === 'piece') this.running?.received(message.bytes);
    if (message.kind === 'reply') this.finish(message.bytes);
  }

  private finish(bytes: Uint8Array): void {
    const { running } = this;
    this.running = undefined;
    if (running === undefined) return;
    try {
      running.received(bytes);
      running.resolve();
    } catch (error) {
      running.reject(error instanceof Error ? error : new TypeError(String(error)));
    }
  }

  private die(reason: string, cancelled: boolean): void {
    if (this.broken) return;
    this.broken = true;
    this.worker.terminate();
    this.fail(restarted());
    this.events.died(reason, cancelled);
  }

  private fail(error: Error): void {
    const { running } = this;
    this.running = undefined;
    running?.reject(error);
  }

  private post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}

const restarted = (): ConnectionError =>
  new ConnectionError('the embedded Postgres was restarted while this was running', 'restarted');
