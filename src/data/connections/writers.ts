import { LRUCache } from 'lru-cache';
import type { Actor } from '../../db/driver.ts';

/** Writers remembered at a time. */
const MOST = 10_000;

/** Who has written lately, and so must not read from a replica that may not have heard of it. */
export class Writers {
  readonly #wroteAt = new LRUCache<string, number>({ max: MOST });

  /** @param sticky milliseconds for which a write counts as late */
  constructor(private readonly sticky: number) {}

  wroteLately(actor: Actor | undefined): boolean {
    const at = this.#wroteAt.get(nameOf(actor));
    return at !== undefined && performance.now() - at < this.sticky;
  }

  note(actor: Actor | undefined): void {
    if (this.sticky > 0) this.#wroteAt.set(nameOf(actor), performance.now());
  }

  /** Counts from its end, too: until then nothing can have reached a replica. */
  async during<T>(actor: Actor | undefined, work: () => Promise<T>): Promise<T> {
    this.note(actor);
    try {
      return await work();
    } finally {
      this.note(actor);
    }
  }
}

/** The claims say who it is; without them everybody of a role is one. */
const nameOf = (actor: Actor | undefined): string =>
  actor === undefined ? '' : `${actor.role ?? ''} ${actor.claims ?? actor.settings?.['request.jwt.claims'] ?? ''}`;
