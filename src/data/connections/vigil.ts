import { ConnectionError } from '../../db/driver.ts';

/**
 * Notices a server that has fallen silent: one whose machine hangs or whose network swallows everything refuses nothing, so that whoever asked
 * it would wait for good. As long as work is under way and none of it is answered, the server is asked beside it.
 */
export class Vigil {
  #running = 0;
  #heardAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence = silence();

  /**
   * @param patience milliseconds without an answer until it is asked, and for the answer to that
   * @param probe whether it is there; asked on a connection of its own, since those there are may all be at work
   * @param onSilent told when it isn't, before those who wait are
   */
  constructor(
    private readonly patience: number,
    private readonly probe: () => Promise<boolean>,
    private readonly onSilent: () => void,
  ) {}

  /** Runs it; rejects with a ConnectionError (`unreachable`) where the server falls silent meanwhile. Only for what may run twice. */
  async over<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running++ === 0) this.#heardAt = performance.now();
    this.#timer ??= this.#later();
    try {
      return await Promise.race([work(), this.#silence.promise]);
    } finally {
      this.#running--;
      this.#heardAt = performance.now();
    }
  }

  /** One timer at a time, and none while nothing runs. */
  #later(): ReturnType<typeof setTimeout> {
    return setTimeout(() => void this.#look(), this.patience).unref();
  }

  async #look(): Promise<void> {
    const heardAt = this.#heardAt;
    const quiet = this.#running > 0 && performance.now() - heardAt >= this.patience;
    if (quiet && !(await within(this.patience, this.probe())) && this.#heardAt === heardAt) this.#fall();
    else if (quiet) this.#heardAt = performance.now();
    this.#timer = this.#running > 0 ? this.#later() : undefined;
  }

  #fall(): void {
    this.onSilent();
    const fallen = this.#silence;
    this.#silence = silence();
    fallen.reject(new ConnectionError('it has fallen silent', 'unreachable'));
  }
}

/** What it resolves to, or undefined where that takes longer, or fails. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), milliseconds);
  try {
    return await Promise.race([work.catch(() => undefined), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function silence(): PromiseWithResolvers<never> {
  const made = Promise.withResolvers<never>();
  // Nobody may be waiting for it.
  made.promise.catch(() => undefined);
  return made;
}
