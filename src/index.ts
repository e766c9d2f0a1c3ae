/** What people import from `hutch` in their own schema, routes and scripts. Tests import `hutch/testing`. */
export type { DatabaseOf, Json } from './catalog/index.ts';
export { withJsonSchema } from './catalog/index.ts';
export * from './data/audit/index.ts';
export * from './data/cache/index.ts';
export * from './data/columns/index.ts';
export * from './data/connections/index.ts';
export * from './data/jsonb/index.ts';
export { objectsOf } from './data/objects.ts';
export * from './data/outbox/index.ts';
export * from './data/paginate/index.ts';
export * from './data/roles/index.ts';
export * from './data/soft-delete/index.ts';
export * from './data/transaction/index.ts';
export * from './data/upsert/index.ts';
export * from './data/views/index.ts';
export { drizzleOver } from './db/drizzle/drizzle.ts';
export {
  ConnectionError,
  DatabaseError,
  type DatabaseObject,
  type Driver,
  openDatabase,
  openPglite,
  openPostgres,
} from './db/index.ts';
export { didYouMean, HutchError, isHutchError, nearest } from './errors/index.ts';
export type { SeedContext } from './migrate/index.ts';
export type { ProjectEnv } from './server/application/project-routes.ts';
