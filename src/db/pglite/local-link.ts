import { NOTIFICATION, readNotification } from '../protocol/backend.ts';
import { Frames, type Receive } from '../protocol/frames.ts';
import { restarted, tooDeep } from './endings.ts';
import { type Engine, EngineDeath, startEngine } from './engine.ts';
import type { EngineOptions } from './messages.ts';
import type { EngineEvents, EngineLink } from './pool.ts';

/**
 * The link to an engine in this thread: half the way of one in a Worker, but whatever runs stops everything else, and can't be
 * ended. For tests, which want their databases quick and have nothing else to do meanwhile.
 */
export class LocalLink implements EngineLink {
  broken = false;
  readonly cancelsGently = false;

  private constructor(
    private readonly engine: Engine,
    private readonly events: EngineEvents,
  ) {}

  static async open(options: EngineOptions, events: EngineEvents): Promise<LocalLink> {
    return new LocalLink(await startEngine(options), events);
  }

  async exchange(request: Uint8Array<ArrayBuffer>, receive: Receive): Promise<void> {
    const frames = new Frames();
    const tap: Receive = (type, buffer, start, end) => {
      if (type === NOTIFICATION) this.events.notified(readNotification(buffer, start));
      else receive(type, buffer, start, end);
    };
    this.run(request, (bytes) => frames.push(bytes, tap));
  }

  /** The engine can't wait for data in the thread that brings it, so all of it is there before it starts. */
  async copyIn(
    request: Uint8Array<ArrayBuffer>,
    parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
    receive: Receive,
  ): Promise<void> {
    const all = [request, ...(await Array.fromAsync(parts))];
    const whole = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of all) {
      whole.set(part, at);
      at += part.length;
    }
    await this.exchange(whole, receive);
  }

  async cancel(): Promise<void> {}

  pause(): void {}

  resume(): void {}

  async end(): Promise<void> {
    if (this.broken) return;
    this.broken = true;
    await this.engine.close();
  }

  kill(): void {
    this.broken = true;
  }

  private run(request: Uint8Array, received: (bytes: Uint8Array) => void): void {
    if (this.broken) throw restarted();
    let last: Uint8Array;
    try {
      last = this.engine.request(request, received);
    } catch (error) {
      this.broken = true;
      if (error instanceof EngineDeath && error.tooDeep) throw this.ended(tooDeep());
      this.events.died(error instanceof Error ? error.message : String(error), false);
      throw restarted();
    }
    received(last);
  }

  private ended(error: Error): Error {
    this.events.died(error.message, true);
    return error;
  }
}
