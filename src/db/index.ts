/** The database room's public face. */
export * from './driver.ts';
export { quoteIdentifier } from './identifier.ts';
export type { DatabaseObject } from './object.ts';
export { openPglite, type PgliteOptions } from './pglite/open.ts';
