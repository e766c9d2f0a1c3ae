export { type Cached, type CacheSettings, cached } from './cached.ts';
export { notifyBus } from './notify-bus.ts';
export { redisStore } from './redis-store.ts';
export type { Bus, SharedRead, SharedStore } from './store.ts';
export type { CacheStats } from './tiers.ts';
