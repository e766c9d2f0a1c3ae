import { RedisClient } from 'bun';
import { RedisSubscription } from './redis-subscription.ts';
import type { SharedStore } from './store.ts';

const CHANNEL = 'invalidate';

/** Redis, by Bun's own client. `prefix` keeps applications apart that share a server. */
export function redisStore(url: string, prefix = 'hutch:'): SharedStore & { close(): void } {
  // Nothing is queued while it is away: a cache that makes callers wait is worse than none.
  const client = new RedisClient(url, { enableOfflineQueue: false, autoReconnect: false, connectionTimeout: 1_000 });
  const subscriptions = new Set<RedisSubscription>();
  const connected = connecting(client);
  const name = (kind: string, key: string) => `${prefix}${kind}:${key}`;
  return {
    async read(keys, counters) {
      await connected();
      const [values, counts] = await Promise.all([
        Promise.all(keys.map((key) => client.getBuffer(name('value', key)))),
        counters.length > 0 ? client.mget(...counters.map((counter) => name('count', counter))) : [],
      ]);
      return { values, counters: counts.map((count) => Number(count ?? 0)) };
    },
    async write(key, value, ttl) {
      await connected();
      await client.set(name('value', key), value, 'PX', Math.ceil(ttl));
    },
    async bump(counters) {
      await connected();
      await Promise.all(counters.map((counter) => client.incr(name('count', counter))));
      await client.publish(`${prefix}${CHANNEL}`, JSON.stringify(counters));
    },
    async subscribe(heard, resumed) {
      const news = (message: string) => heard(namesIn(message));
      const subscription = new RedisSubscription(url, `${prefix}${CHANNEL}`, news, resumed);
      subscriptions.add(subscription);
      await subscription.start();
      return async () => {
        subscriptions.delete(subscription);
        subscription.end();
      };
    },
    close() {
      client.close();
      for (const subscription of subscriptions) subscription.end();
    },
  };
}

/** Connects on first use, and again on the next one where that failed or the connection was lost. */
function connecting(client: RedisClient): () => Promise<void> {
  let opening: Promise<void> | undefined;
  client.onclose = () => {
    opening = undefined;
  };
  return () => {
    opening ??= client.connect().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}

function namesIn(message: string): readonly string[] {
  const names: unknown = JSON.parse(message);
  return Array.isArray(names) ? names.map(String) : [];
}
