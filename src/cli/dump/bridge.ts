/** What passes between the Worker in which pg_dump runs, and the thread that talks to the server for it. */

/** The largest reply that fits. pg_dump reads rows a hundred at a time. */
const MOST_REPLY_BYTES = 512 * 1024 * 1024;
const FIRST_REPLY_BYTES = 1024 * 1024;

export const STATE = 0;
export const LENGTH = 1;

export const ASKED = 0;
export const ANSWERED = 1;
export const FAILED = 2;

/** pg_dump is synchronous: its thread sleeps until the other has filled this. */
export interface Bridge {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly reply: SharedArrayBuffer;
}

export function newBridge(): Bridge {
  return {
    control: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
    reply: new SharedArrayBuffer(FIRST_REPLY_BYTES, { maxByteLength: MOST_REPLY_BYTES }),
  };
}

export type FromDump =
  | { readonly kind: 'request'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'done'; readonly dump: Uint8Array }
  | { readonly kind: 'failed'; readonly reason: string };

export type ToDump = { readonly bridge: Bridge; readonly args: readonly string[] };

/** The server's side: hands a reply over, and wakes the Worker. */
export function answer({ control, reply }: Bridge, bytes: Uint8Array): void {
  if (bytes.length > reply.byteLength) reply.grow(Math.min(MOST_REPLY_BYTES, bytes.length * 2));
  new Uint8Array(reply).set(bytes);
  Atomics.store(control, LENGTH, bytes.length);
  wake(control, ANSWERED);
}

export function fail({ control }: Bridge): void {
  wake(control, FAILED);
}

function wake(control: Int32Array<SharedArrayBuffer>, state: number): void {
  Atomics.store(control, STATE, state);
  Atomics.notify(control, STATE);
}
