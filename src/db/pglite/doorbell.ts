import { REQUEST_LENGTH, RINGS, type SharedMemory } from './messages.ts';

/**
 * Short requests and replies pass through shared memory, and a bell in it wakes the Worker. Asleep at the bell it needs no event loop, which, with
 * the messages of one, took as long as a short statement does. What is too long goes as a message, for which the bell is rung as well.
 */

/** The main thread's side. */
export class Doorbell {
  constructor(private readonly shared: SharedMemory) {}

  /** Hands a request to the Worker, which has none; false where it is too long. */
  request(bytes: Uint8Array): boolean {
    const { control, request } = this.shared;
    if (bytes.length > request.length) return false;
    request.set(bytes);
    Atomics.store(control, REQUEST_LENGTH, bytes.length);
    this.ring();
    return true;
  }

  /** A message has been posted. */
  ring(): void {
    Atomics.add(this.shared.control, RINGS, 1);
    Atomics.notify(this.shared.control, RINGS);
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

  /** Sleeps until the bell rings: the request, valid until it is answered, or undefined where a message has been posted. */
  wait(): Uint8Array | undefined {
    const { control, request } = this.shared;
    // A ring that was heard before it was waited for still wakes whoever waits next.
    while (Atomics.load(control, RINGS) === this.heard) Atomics.wait(control, RINGS, this.heard);
    this.heard = (this.heard + 1) | 0;
    const length = Atomics.exchange(control, REQUEST_LENGTH, 0);
    return length === 0 ? undefined : request.subarray(0, length);
  }

  /** Leaves a reply; false where it is too long. */
  reply(bytes: Uint8Array): boolean {
    if (bytes.length > this.shared.reply.length) return false;
    this.shared.reply.set(bytes);
    return true;
  }
}
