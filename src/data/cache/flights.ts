import { AsyncLocalStorage } from 'node:async_hooks';

/** Milliseconds that a reader waits for another's reading of the same before it reads itself. */
const PATIENCE = 5_000;

/** One reading at a time for each key: who comes meanwhile waits and finds it cached. */
export class Flights {
  readonly #open = new Map<string, Promise<void>>();
  /** The readings that the running query has begun: they end with it, whatever becomes of it. */
  readonly #own = new AsyncLocalStorage<(() => void)[]>();

  /** Runs a query; what it takes off lands when it ends. */
  async query<T>(work: () => Promise<T>): Promise<T> {
    const landings: (() => void)[] = [];
    try {
      return await this.#own.run(landings, work);
    } finally {
      for (const land of landings) land();
    }
  }

  /** True for who shall read it; false once another has. Outside of `query` everybody reads, since nobody would say when done. */
  async takeOff(key: string): Promise<boolean> {
    const landings = this.#own.getStore();
    if (!landings) return true;
    const other = this.#open.get(key);
    if (other) {
      await Promise.race([other, Bun.sleep(PATIENCE)]);
      return false;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open.set(key, promise);
    landings.push(() => {
      this.#open.delete(key);
      resolve();
    });
    return true;
  }
}
