import type { Socket } from 'bun';

/** Small replies are put together up to this size before they are written. */
const GATHER_BYTES = 64 * 1024;
/** Bytes that wait for a slow reader before whoever writes is asked to pause, and from which on it may go on. */
const HIGH_WATER = 4 * 1024 * 1024;
const LOW_WATER = 1024 * 1024;

export interface Flow {
  pause(): void;
  resume(): void;
}

/** Writes to a socket what it takes, keeps the rest, and holds back who writes while the client does not read. */
export class Output {
  private gathered: Uint8Array[] = [];
  private gatheredBytes = 0;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private flow: Flow | undefined;
  private paused = false;
  private empty: (() => void) | undefined;
  private readonly flushNow = () => this.flush();

  constructor(private readonly socket: Socket<unknown>) {}

  add(bytes: Uint8Array): void {
    this.gathered.push(bytes);
    this.gatheredBytes += bytes.length;
    if (this.gatheredBytes >= GATHER_BYTES) this.flush();
  }

  /** Writes once all that can go on now has gone on: a write takes longer than to start the next request, for which the engine waits. */
  flushSoon(): void {
    process.nextTick(this.flushNow);
  }

  flush(): void {
    const [first] = this.gathered;
    if (first === undefined) return;
    const bytes = this.gathered.length === 1 ? first : Buffer.concat(this.gathered, this.gatheredBytes);
    this.gathered = [];
    this.gatheredBytes = 0;
    this.write(bytes);
  }

  /** Who is to pause while much is waiting; undefined: nobody. */
  control(flow: Flow | undefined): void {
    if (flow === undefined && this.paused) this.flow?.resume();
    this.paused = false;
    this.flow = flow;
  }

  /** The socket takes more. */
  drain(): void {
    while (this.waiting.length > 0) {
      const [first] = this.waiting;
      if (first === undefined) break;
      const written = this.socket.write(first);
      this.waitingBytes -= Math.max(0, written);
      if (written < first.length) {
        this.waiting[0] = first.subarray(Math.max(0, written));
        break;
      }
      this.waiting.shift();
    }
    this.relax();
  }

  /** Sends what there is, then ends the connection. */
  async end(): Promise<void> {
    this.flush();
    if (this.waiting.length > 0) await new Promise<void>((resolve) => (this.empty = resolve));
    this.socket.end();
  }

  /** The connection is gone: nobody waits for it. */
  abandon(): void {
    this.waiting = [];
    this.waitingBytes = 0;
    this.gathered = [];
    this.gatheredBytes = 0;
    this.relax();
  }

  private write(bytes: Uint8Array): void {
    const written = this.waiting.length > 0 ? 0 : Math.max(0, this.socket.write(bytes));
    if (written < bytes.length) this.keep(bytes.subarray(written));
  }

  private keep(bytes: Uint8Array): void {
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes < HIGH_WATER || this.paused || this.flow === undefined) return;
    this.paused = true;
    this.flow.pause();
  }

  private relax(): void {
    if (this.waiting.length === 0) this.empty?.();
    if (!this.paused || this.waitingBytes > LOW_WATER) return;
    this.paused = false;
    this.flow?.resume();
  }
}
