import type { Result } from '../driver.ts';
import { COPY_DATA } from '../protocol/backend.ts';
import type { Receive } from '../protocol/frames.ts';
import type { Link } from './link.ts';

/** Bytes waiting for a slow reader before the server is held back. */
const HIGH_WATER = 1024 * 1024;

/**
 * `COPY … TO STDOUT` as an iterable of pieces of whole chunks of the server (a row each). A reader who leaves early ends the statement, or
 * where that would cost more than his rest of it, has it run out.
 * `start` sends it with a receiver of its messages; `around` wraps the running statement (time limit, observation).
 */
export async function* copyOut(
  link: Link,
  start: (receive: Receive) => Promise<readonly Result[]>,
  around: (work: () => Promise<readonly Result[]>) => Promise<readonly Result[]>,
): AsyncGenerator<Uint8Array> {
  const waiting = new ChunkQueue(link);
  const running = around(() => start(waiting.receive)).then(
    () => waiting.end(),
    (error: unknown) => waiting.end(error),
  );
  try {
    yield* waiting.drain();
  } finally {
    if (!waiting.ended) {
      // Held back meanwhile: a flood of rows must not keep the cancel from being sent.
      waiting.abandon();
      if (link.cancelsGently) await link.cancel('signal');
      link.resume();
    }
    await running;
  }
}

class ChunkQueue {
  ended = false;
  private chunks: Uint8Array[] = [];
  private bytes = 0;
  private paused = false;
  private abandoned = false;
  private failure: { readonly error: unknown } | undefined;
  private wake = Promise.withResolvers<void>();

  constructor(private readonly link: Link) {}

  readonly receive = (type: number, buffer: Buffer, start: number, end: number): void => {
    if (type !== COPY_DATA || this.abandoned) return;
    this.chunks.push(buffer.subarray(start, end));
    this.bytes += end - start;
    if (this.bytes > HIGH_WATER && !this.paused) {
      this.paused = true;
      this.link.pause();
    }
    this.wake.resolve();
  };

  end(error?: unknown): void {
    this.ended = true;
    if (error !== undefined) this.failure = { error };
    this.wake.resolve();
  }

  abandon(): void {
    this.abandoned = true;
    this.chunks = [];
    this.link.pause();
  }

  /** What there is in one piece: a turn for each row would cost more than the row. */
  async *drain(): AsyncGenerator<Uint8Array> {
    while (true) {
      const ready = this.take();
      if (ready.length > 0) {
        yield Buffer.concat(ready);
        continue;
      }
      if (this.failure !== undefined) throw this.failure.error;
      if (this.ended) return;
      await this.wake.promise;
    }
  }

  private take(): readonly Uint8Array[] {
    const chunks = this.chunks;
    this.chunks = [];
    this.bytes = 0;
    this.wake = this.ended ? this.wake : Promise.withResolvers<void>();
    if (this.paused) {
      this.paused = false;
      this.link.resume();
    }
    return chunks;
  }
}
