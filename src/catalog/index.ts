export { findHandler, findRoutines, findTable, relationshipsOf, representation } from './lookup.ts';
export { type ReadOptions, readCatalog } from './read.ts';
export type * from './types.ts';
