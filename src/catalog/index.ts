export type { DatabaseOf, Json } from './database-of.ts';
export { type DrizzleExports, enrich } from './enrich.ts';
export { type StandardJsonSchema, withJsonSchema } from './json-schema.ts';
export { findHandler, findRoutines, findTable, relationshipsOf, representation } from './lookup.ts';
export { type ReadOptions, readCatalog } from './read.ts';
export type * from './types.ts';
