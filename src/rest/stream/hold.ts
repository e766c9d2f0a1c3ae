import { tooSlow } from '../errors/extension-errors.ts';

/** Milliseconds that a stream may keep a connection waiting for its client, in all, where others wait for one. */
export const HELD = 30_000;
const LOOK_EVERY = 250;

/** What a stream has kept its connection waiting. Beyond the limit it is ended as soon as somebody else wants it. */
export class Hold {
  readonly #othersWait: () => boolean;
  readonly #most: number;
  #spent = 0;

  constructor(othersWait: () => boolean, most = HELD) {
    this.#othersWait = othersWait;
    this.#most = most;
  }

  /** Waits for the client, who is to send or take something. @throws DialectError HUTCH111 */
  async during<T>(promise: Promise<T>, what: string): Promise<T> {
    const since = performance.now();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const look = () => {
      if (this.#othersWait()) reject(tooSlow(what, this.#most));
      else timer = setTimeout(look, LOOK_EVERY);
    };
    let timer = setTimeout(look, Math.max(0, this.#most - this.#spent));
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
      this.#spent += performance.now() - since;
    }
  }

  /** What a client gives bit by bit, each waited for. */
  async *each<T>(items: AsyncIterator<T>, what: string): AsyncGenerator<T> {
    for (;;) {
      const { done, value } = await this.during(items.next(), what);
      if (done) return;
      yield value;
    }
  }
}
