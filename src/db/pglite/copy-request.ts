import {
  COPY_ENDED,
  COPY_FILLED,
  COPY_LENGTH,
  COPY_STATE,
  COPY_WANTED,
  COPY_WHOLE,
  type SharedMemory,
} from './messages.ts';

/**
 * A request that PGlite reads as it would an array of bytes, but whose rest comes in while the engine already runs it. PGlite
 * asks for `length`, the first byte, and `subarray`s in order; asking for the length waits until there is more, or an end.
 */
export class CopyRequest {
  private total: number;
  /** The part at hand, and where in the request it begins. */
  private part: Uint8Array;
  private partAt = 0;
  private ended = false;
  private unwanted = false;
  /** What has come so far ends with the end of a message. */
  private whole = true;
  private read = 0;
  readonly 0: number;

  constructor(
    head: Uint8Array,
    private readonly shared: SharedMemory,
    private readonly askForMore: () => void,
  ) {
    this.part = head;
    this.total = head.length;
    this[0] = head[0] ?? 0;
  }

  get length(): number {
    if (this.read < this.total || this.ended) return this.total;
    if (this.unwanted && this.whole) this.ended = true;
    else this.waitForMore();
    return this.total;
  }

  subarray(start: number, end: number): Uint8Array {
    this.read = end;
    return this.part.subarray(start - this.partAt, end - this.partAt);
  }

  /** The statement has failed: nothing is wanted beyond the message that has been begun. */
  stop(): void {
    this.unwanted = true;
  }

  private waitForMore(): void {
    const { control, copy } = this.shared;
    Atomics.store(control, COPY_STATE, COPY_WANTED);
    this.askForMore();
    Atomics.wait(control, COPY_STATE, COPY_WANTED);
    const state = Atomics.load(control, COPY_STATE);
    this.ended = state === COPY_ENDED;
    this.whole = state !== COPY_FILLED;
    const filled = Atomics.load(control, COPY_LENGTH);
    this.partAt = this.total;
    this.part = new Uint8Array(copy.subarray(0, filled));
    this.total += filled;
  }
}

/** The main thread's side: hands out the bytes that the Worker asks for, at most a buffer's worth at a time. */
export class CopySupply {
  private rest: Uint8Array = new Uint8Array();
  private finished = false;

  constructor(
    private readonly parts: AsyncIterator<Uint8Array>,
    private readonly shared: SharedMemory,
  ) {}

  async fill(): Promise<void> {
    if (this.rest.length === 0 && !this.finished) await this.next();
    const { control, copy } = this.shared;
    const part = this.rest.subarray(0, copy.length);
    copy.set(part);
    this.rest = this.rest.subarray(part.length);
    Atomics.store(control, COPY_LENGTH, part.length);
    Atomics.store(control, COPY_STATE, this.state());
    Atomics.notify(control, COPY_STATE);
  }

  private state(): number {
    if (this.rest.length > 0) return COPY_FILLED;
    return this.finished ? COPY_ENDED : COPY_WHOLE;
  }

  private async next(): Promise<void> {
    const { value, done } = await this.parts.next();
    if (done) this.finished = true;
    else this.rest = value;
  }
}
