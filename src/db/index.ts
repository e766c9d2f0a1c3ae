/** The database room's public face. Drizzle's client over both engines is in `drizzle/drizzle.ts`: few need it, and it loads much. */
export { canceled } from './canceled.ts';
export * from './driver.ts';
export { HOUSE, labelled } from './labelled.ts';
export type { DatabaseObject } from './object.ts';
export { type DatabaseOptions, openDatabase, openPostgres, type PostgresOptions } from './open.ts';
export { availableExtensions } from './pglite/extensions.ts';
export type { Lease, LeaseOptions } from './pglite/lease.ts';
export { openPglite, type PgliteOptions } from './pglite/open.ts';
export { PgliteDriver } from './pglite/pglite-driver.ts';
export type { PostgresAddress } from './postgres/dial.ts';
export type { SslMode } from './postgres/ssl.ts';
export { identifier, literal, qualified } from './quoting.ts';
export { fill, Spool } from './spool.ts';
