import { type CancelReason, canceled } from '../canceled.ts';
import { ConnectionError, type DatabaseError } from '../driver.ts';
import { NOTIFICATION, readNotification } from '../protocol/backend.ts';
import { Frames, type Receive } from '../protocol/frames.ts';
import { CopySupply } from './copy-request.ts';
import { spaceLack } from './disk-space.ts';
import { Doorbell } from './doorbell.ts';
import { restarted, tooDeep } from './endings.ts';
import { EngineThread } from './engine-thread.ts';
import {
  type EngineOptions,
  type FromStartingWorker,
  type FromWorker,
  PIECES_LEFT,
  type SharedMemory,
  shareMemory,
  type ToWorker,
} from './messages.ts';
import type { EngineEvents, EngineLink } from './pool.ts';

/** Milliseconds that an engine has for its shutdown checkpoint before its Worker is ended. */
const CLOSE_TIME = 5_000;

/**
 * Outside of the message's own event, whose continuations would otherwise include the caller's: one that turns the event
 * loop itself, as `expect(…).rejects` of bun:test does, would wait for a message that cannot come. It costs no time.
 */
const later = (work: () => void): void => {
  setImmediate(work);
};

interface Running {
  readonly received: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly supply?: CopySupply;
}

/** The link to an engine in a Worker. */
export class WorkerLink implements EngineLink {
  broken = false;
  readonly cancelsGently = false;
  private running: Running | undefined;
  private closed: (() => void) | undefined;
  private paused = false;
  /** Pieces received while paused, which the Worker may send again once it goes on. */
  private owed = 0;
  private readonly doorbell: Doorbell;

  private constructor(
    private readonly worker: Worker,
    private readonly shared: SharedMemory,
    private readonly events: EngineEvents,
  ) {
    this.doorbell = new Doorbell(shared);
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => later(() => this.take(data));
    worker.onerror = (event) => this.die(event.message, false);
    worker.addEventListener('close', () => this.die('its thread ended', false));
  }

  /** Starts an engine; rejects with the reason where it can't. */
  static open(
    options: EngineOptions,
    compiled: Promise<WebAssembly.Module>,
    events: EngineEvents,
    { worker } = new EngineThread(),
  ): Promise<WorkerLink> {
    const shared = shareMemory();
    return new Promise((resolve, reject) => {
      const failed = (reason: string) => {
        worker.terminate();
        const why = `${reason}${spaceLack(options.dataDir)}`;
        reject(new ConnectionError(`the embedded Postgres did not start: ${why}`, 'unreachable'));
      };
      worker.onerror = (event) => failed(event.message);
      worker.onmessage = ({ data }: MessageEvent<FromStartingWorker>) => {
        if (data.kind === 'ready') later(() => resolve(new WorkerLink(worker, shared, events)));
        else if (data.kind === 'failed') failed(data.reason);
      };
      compiled.then(
        (module) => {
          const message: ToWorker = { kind: 'open', options: { ...options, module }, shared };
          worker.postMessage(message);
        },
        (error: unknown) => failed(error instanceof Error ? error.message : String(error)),
      );
    });
  }

  exchange(request: Uint8Array<ArrayBuffer>, receive: Receive): Promise<void> {
    return this.send('request', request, this.framed(receive));
  }

  copyIn(
    request: Uint8Array<ArrayBuffer>,
    parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
    receive: Receive,
  ): Promise<void> {
    const iterator = parts[Symbol.asyncIterator]();
    const supply = new CopySupply(iterator, this.shared);
    return this.send('copy', request, this.framed(receive), supply).finally(() => iterator.return?.());
  }

  async cancel(reason: CancelReason): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    const error = canceled(reason);
    running.reject(error);
    this.die(error.message, true);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.allowPieces(this.owed);
    this.owed = 0;
  }

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

  private framed(receive: Receive): (bytes: Uint8Array) => void {
    const frames = new Frames();
    const { notified } = this.events;
    const tap: Receive = (type, buffer, start, end) => {
      if (type === NOTIFICATION) notified(readNotification(buffer, start));
      else receive(type, buffer, start, end);
    };
    return (bytes) => frames.push(bytes, tap);
  }

  private send(
    kind: 'request' | 'copy',
    bytes: Uint8Array<ArrayBuffer>,
    received: (bytes: Uint8Array<ArrayBuffer>) => void,
    supply?: CopySupply,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.broken) {
        reject(restarted());
        return;
      }
      this.running = { resolve, reject, received, supply };
      if (kind === 'request' && this.doorbell.request(bytes)) return;
      this.post({ kind, bytes }, [bytes.buffer]);
    });
  }

  private take(message: FromWorker): void {
    if (typeof message === 'number') {
      this.finish(this.doorbell.reply(message));
      return;
    }
    switch (message.kind) {
      case 'reply':
        this.finish(message.bytes);
        return;
      case 'piece':
        this.takePiece(message.bytes);
        return;
      case 'more':
        void this.running?.supply?.fill();
        return;
      case 'died':
        if (message.tooDeep) this.endWith(tooDeep());
        else this.die(message.reason, false);
        return;
      case 'closed':
        this.closed?.();
    }
  }

  private takePiece(bytes: Uint8Array<ArrayBuffer>): void {
    this.running?.received(bytes);
    if (this.paused) this.owed++;
    else this.allowPieces(1);
  }

  private allowPieces(count: number): void {
    if (count === 0) return;
    Atomics.add(this.shared.control, PIECES_LEFT, count);
    Atomics.notify(this.shared.control, PIECES_LEFT);
  }

  private finish(bytes: Uint8Array<ArrayBuffer>): void {
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

  /** The statement that runs ends with this error, and the engine with it. */
  private endWith(error: DatabaseError): void {
    this.fail(error);
    this.die(error.message, true);
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
    this.doorbell.ring();
    this.worker.postMessage(message, transfer);
  }
}
