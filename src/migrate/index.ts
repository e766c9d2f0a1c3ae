export type { Failure, MigrateEvent, OnEvent } from './events.ts';
export { type History, type Layout, type Migration, readMigrations } from './files.ts';
export { type Ledger, type LedgerRow, readLedger } from './ledger.ts';
export { applyObjects, type ObjectsResult, readObjects } from './objects.ts';
export { DRIZZLE_LEDGER, findConfig, type LedgerName, loadProject, type Project } from './project.ts';
export { type AppliedMigration, type Route, routeOf } from './route.ts';
export { loadSchema, type Schema } from './schema.ts';
export { type UpOptions, type UpResult, up } from './up.ts';
