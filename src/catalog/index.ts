export { findHandler, findRoutines, findTable, relationshipsOf, representation } from './lookup.ts';
export type * from './types.ts';
