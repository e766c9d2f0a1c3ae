/** The database room's public face. */
export { canceled } from './canceled.ts';
export * from './driver.ts';
export { type DrizzleConfig, drizzleOver } from './drizzle/drizzle.ts';
export { HOUSE, labelled } from './labelled.ts';
export type { DatabaseObject } from './object.ts';
export { type DatabaseOptions, openDatabase } from './open.ts';
export { availableExtensions } from './pglite/extensions.ts';
export type { Lease, LeaseOptions } from './pglite/lease.ts';
export { openPglite, type PgliteOptions } from './pglite/open.ts';
export { PgliteDriver } from './pglite/pglite-driver.ts';
export type { PostgresAddress } from './postgres/dial.ts';
export { openPostgres, type PostgresOptions } from './postgres/open.ts';
export { isLocalServer, type SslMode } from './postgres/ssl.ts';
export { identifier, literal, qualified } from './quoting.ts';
export { fill, Spool } from './spool.ts';
