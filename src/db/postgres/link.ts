import type { Socket } from 'node:net';
import type { CancelReason } from '../canceled.ts';
import type { Link } from '../connection/link.ts';
import { ConnectionError } from '../driver.ts';
import {
  COPY_IN,
  ERROR,
  NOTIFICATION,
  type Notification,
  READY,
  readError,
  readNotification,
} from '../protocol/backend.ts';
import { Frames, type Receive } from '../protocol/frames.ts';
import { terminate } from '../protocol/frontend.ts';
import { Writer } from '../protocol/writer.ts';
import type { Dialled } from './dial.ts';

/** Milliseconds for the server to close the connection of a CancelRequest, and for it to act on Terminate. */
const CANCEL_TIME = 2_000;
const END_TIME = 2_000;

export interface SocketLinkEvents {
  notified(notification: Notification): void;
  /** The connection is gone, for whatever reason. */
  closed(): void;
}

interface Running {
  readonly receive: Receive;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The link to a server over a socket that has been opened and authenticated. */
export class SocketLink implements Link {
  broken = false;
  readonly cancelsGently = true;
  /** When it was opened, and when it was given back last; milliseconds of `performance.now()`. */
  readonly openedAt = performance.now();
  idleSince = performance.now();
  private readonly frames = new Frames();
  private readonly socket: Socket;
  private running: Running | undefined;
  /** What the server said last before it hung up. */
  private lastWords: Error | undefined;

  constructor(
    private readonly dialled: Dialled,
    private readonly events: SocketLinkEvents,
    private readonly dialForCancel: () => Promise<Socket>,
  ) {
    this.socket = dialled.socket;
    this.socket.on('data', (bytes: Buffer) => this.frames.push(bytes, this.take));
    this.socket.on('error', (error: Error) => this.lose(error));
    this.socket.on('close', () => this.lose());
  }

  exchange(request: Uint8Array<ArrayBuffer>, receive: Receive): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.broken) {
        reject(lost(this.lastWords));
        return;
      }
      this.running = { receive, resolve, reject };
      this.socket.write(request);
    });
  }

  async copyIn(
    request: Uint8Array<ArrayBuffer>,
    parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
    receive: Receive,
  ): Promise<void> {
    const pump = new CopyPump(this.socket, parts);
    await this.exchange(request, (type, buffer, start, end) => {
      if (type === COPY_IN) void pump.start();
      if (type === ERROR || type === READY) pump.stop();
      receive(type, buffer, start, end);
    });
  }

  async cancel(_reason: CancelReason): Promise<void> {
    const { pid, secret } = this.dialled.backend;
    const socket = await this.dialForCancel();
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on('close', resolve);
    socket.on('error', resolve);
    socket.on('data', () => {});
    // Closing it is left to the server: PgBouncer drops a request whose sender is gone.
    socket.write(cancelRequest(pid, secret));
    const timer = setTimeout(resolve, CANCEL_TIME);
    await promise;
    clearTimeout(timer);
    socket.destroy();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  async end(): Promise<void> {
    if (this.broken) return;
    const writer = new Writer();
    terminate(writer);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.socket.once('close', resolve);
    this.socket.end(writer.take());
    const timer = setTimeout(() => this.socket.destroy(), END_TIME);
    this.lose();
    await promise;
    clearTimeout(timer);
  }

  /** Hangs up at once. */
  kill(): void {
    this.lose();
    this.socket.destroy();
  }

  private readonly take: Receive = (type, buffer, start, end) => {
    if (type === NOTIFICATION) this.events.notified(readNotification(buffer, start));
    else if (this.running !== undefined) this.deliver(this.running, type, buffer, start, end);
    else if (type === ERROR) this.lastWords = readError(buffer, start);
  };

  private deliver(running: Running, type: number, buffer: Buffer, start: number, end: number): void {
    if (type === ERROR) this.lastWords = readError(buffer, start);
    running.receive(type, buffer, start, end);
    if (type !== READY) return;
    this.running = undefined;
    running.resolve();
  }

  private lose(error?: Error): void {
    if (this.broken) return;
    this.broken = true;
    this.socket.destroySoon?.();
    this.running?.reject(lost(error ?? this.lastWords));
    this.running = undefined;
    this.events.closed();
  }
}

/** Feeds a `COPY … FROM STDIN`, no faster than the socket takes it. */
class CopyPump {
  private stopped = false;

  constructor(
    private readonly socket: Socket,
    private readonly parts: AsyncIterable<Uint8Array>,
  ) {}

  async start(): Promise<void> {
    for await (const part of this.parts) {
      if (this.stopped) return;
      await this.write(part);
    }
  }

  /** The server takes no more. */
  stop(): void {
    this.stopped = true;
  }

  private async write(bytes: Uint8Array): Promise<void> {
    if (this.socket.write(bytes) || this.socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.socket.once('drain', resolve);
    this.socket.once('close', resolve);
    await promise;
    this.socket.removeListener('drain', resolve);
    this.socket.removeListener('close', resolve);
  }
}

function cancelRequest(pid: number, secret: number): Uint8Array {
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(80877102, 4);
  message.writeUInt32BE(pid, 8);
  message.writeUInt32BE(secret, 12);
  return message;
}

const lost = (cause?: Error): ConnectionError =>
  new ConnectionError('the connection to Postgres was lost while this was running', 'restarted', { cause });
