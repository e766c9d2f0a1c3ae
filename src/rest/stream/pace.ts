import { tooSlow } from '../errors/extension-errors.ts';

/** Milliseconds between two pieces of a body, or until a client has taken one of an answer: beyond it he has gone, or plays with us. */
export const STALL = 20_000;
/** Milliseconds for one chunk of a body to arrive. */
export const CHUNK_TIME = 120_000;

/** Milliseconds; what is more, a timer takes for none. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** A promise's value, unless it takes longer than that. @throws DialectError HUTCH111 */
export async function within<T>(milliseconds: number, promise: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(tooSlow(what, milliseconds)), milliseconds);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The pieces of a body, each of which has to come in time; the rest of it is not wanted once nobody reads on. */
export async function* steady(stream: ReadableStream<Uint8Array>, stall = STALL): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await within(stall, reader.read(), 'The next part of the body');
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
