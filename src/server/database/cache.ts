import type { Config } from '../../config/index.ts';
import type { Cached } from '../../data/cache/cached.ts';
import { redisStore } from '../../data/cache/redis-store.ts';
import type { Database } from '../../data/database.ts';
import type { Logger } from '../../http/logger.ts';

/** The cache of a project's routes: Redis's connection outlives a reload, what is kept in this process does not. */
export interface RouteCache {
  /** A database that reads through the cache; the one before it hears no more of changes. */
  over<D extends Database>(db: D): Promise<Cached<D>>;
  close(): Promise<void>;
}

/**
 * In this process, with Redis behind it where REDIS_URL is set. Only reads that ask for it (`$withCache()`) are kept, so it costs nothing
 * where it is not used.
 */
export function routeCache({ redisUrl }: Pick<Config, 'redisUrl'>, log: Pick<Logger, 'warn' | 'info'>): RouteCache {
  const shared = redisUrl === undefined ? undefined : redisStore(redisUrl);
  let deafen = async () => {};
  return {
    async over(db) {
      // With the routes that read through it, and not before.
      const { cached } = await import('../../data/cache/cached.ts');
      const cache = cached(db, {
        reads: 'asked',
        shared,
        onAway: (error) => log.warn({ err: error }, 'Redis is away; the server goes on without it'),
        onBack: () => log.info('Redis is back'),
      });
      void deafen();
      if (shared) deafen = hear(cache);
      return cache;
    },
    async close() {
      await deafen();
      shared?.close();
    },
  };
}

/** Milliseconds that a stop waits for Redis to hear of it. */
const PATIENCE = 1_000;

/** Listens from some time on: a Redis that is away must not keep a server from starting. Gives the way to stop. */
function hear(cache: Pick<Cached<Database>, 'listen'>): () => Promise<void> {
  const listening = cache.listen().catch(() => undefined);
  return async () => {
    const stopped = listening.then((stop) => stop?.()).catch(() => undefined);
    await Promise.race([stopped, Bun.sleep(PATIENCE)]);
  };
}
