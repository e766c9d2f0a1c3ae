export { type InsertManySettings, insertMany } from './insert-many.ts';
export type { Action, Outcome } from './outcome.ts';
export type { Target } from './target.ts';
export { type UpdateManySettings, updateMany } from './update-many.ts';
export { type UpsertSettings, upsert } from './upsert.ts';
