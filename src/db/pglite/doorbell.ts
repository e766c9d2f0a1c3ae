import { REQUEST_LENGTH, RINGS, type SharedMemory } from './messages.ts';

/**
 * Short requests and replies pass through shared memory, and a bell in it wakes the Worker. Asleep at the bell it needs no event loop, which, with
 * the messages of one, took as long as a short statement does. What is too long goes as a message, for which the bell is rung as well.
 */

/** Milliseconds without a ring after which the Worker goes to its event loop, where Bun tidies up what it has used. */
const QUIET = 100;

/** In place of the number of rings: the Worker is at its event loop, until it has heard a message. */
const AWAY = -1;

const next = (rings: number): number => (rings + 1) & 0x3fffffff;

/** The main thread's side. */
export class Doorbell {
  private rings = 0;

  constructor(private readonly shared: SharedMemory) {}

  /** Hands a request to the Worker, which has none; false where it must be posted: it is too long, or the Worker away. */
  request(bytes: Uint8Array): boolean {
    const { control, request } = this.shared;
    if (bytes.length > request.length) return false;
    request.set(bytes);
    Atomics.store(control, REQUEST_LENGTH, bytes.length);
    if (this.ring()) return true;
    Atomics.store(control, REQUEST_LENGTH, 0);
    return false;
  }

  /** Sends the Worker to look for the message that will be posted next; false where it is away already, and will hear it. */
  ring(): boolean {
    const { control } = this.shared;
    const rings = next(this.rings);
    if (Atomics.compareExchange(control, RINGS, this.rings, rings) === AWAY) return false;
    this.rings = rings;
    Atomics.notify(control, RINGS);
    return true;
  }

  /** The reply that the Worker has left, in memory of its own. */
  reply(length: number): Uint8Array<ArrayBuffer> {
    return Buffer.from(this.shared.reply.subarray(0, length));
  }
}

/** The Worker's side. */
export class Doorkeeper {
  private heard = 0;

  constructor(private readonly shared: SharedMemory) {}

  /** Sleeps until the bell rings: the request, valid until it is answered, or undefined where it is time to look for messages. */
  wait(): Uint8Array | undefined {
    if (!this.rung()) return undefined;
    this.heard = next(this.heard);
    const { control, request } = this.shared;
    const length = Atomics.exchange(control, REQUEST_LENGTH, 0);
    return length === 0 ? undefined : request.subarray(0, length);
  }

  /** A message has been heard. From now on, and before it is answered, the bell is what to listen to. */
  back(): void {
    Atomics.compareExchange(this.shared.control, RINGS, AWAY, this.heard);
  }

  /** Leaves a reply; false where it is too long. */
  reply(bytes: Uint8Array): boolean {
    if (bytes.length > this.shared.reply.length) return false;
    this.shared.reply.set(bytes);
    return true;
  }

  /** False when it has been quiet for long; the Worker is away then. */
  private rung(): boolean {
    const { control } = this.shared;
    // Whoever waits may also be woken by the notice of a ring that was heard before.
    while (Atomics.load(control, RINGS) === this.heard) {
      const quiet = Atomics.wait(control, RINGS, this.heard, QUIET) === 'timed-out';
      if (quiet && Atomics.compareExchange(control, RINGS, this.heard, AWAY) === this.heard) return false;
    }
    return true;
  }
}
