export type { ProjectFolder } from './engine.ts';
export { type TestDatabase, type TestDatabaseSettings, testDatabase } from './test-database.ts';
export { openWorld, type World } from './world.ts';
