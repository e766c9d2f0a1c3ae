export type { Age } from './age.ts';
export { type Deletable, deletableOf, isKept, softDeleted } from './deletable.ts';
export { type PurgeOptions, purge } from './purge.ts';
export { active, onlyDeleted, restore, softDelete, withDeleted } from './soft-delete.ts';
export { uniqueActive } from './unique-active.ts';
