/** The studio's public face. */
export type { StudioProject } from './api/migrations.ts';
export type { Selection } from './api/routes.ts';
export { Live } from './live/live.ts';
export { type WatchOptions, watchRequests } from './live/watch.ts';
export { type StudioDeps, studioRoutes } from './routes.ts';
