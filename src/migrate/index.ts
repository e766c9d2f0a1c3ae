/** The migration room's public face. */
export { rolesScript } from '../db/roles.ts';
export { type Adoption, adoptLive } from './adopt.ts';
export { check, type Problem, validate } from './check.ts';
export { type DownOptions, type DownResult, down, type RedoResult, redo } from './down.ts';
export type { DownReport } from './down-file.ts';
export { type Drift, drift } from './drift.ts';
export type { Failure, MigrateEvent, OnEvent } from './events.ts';
export { type Extensions, embeddedExtensions, extensionsOf, withoutExtensions } from './extensions.ts';
export { type History, type Layout, type Migration, readMigrations } from './files.ts';
export { type DerivedDown, deriveDowns, type Generated, type GenerateOptions, generate, upgrade } from './generate.ts';
export { bringHosted } from './hosted.ts';
export type { Ledger, LedgerRow } from './ledger.ts';
export { type LiveEvent, type LiveOptions, type LiveSchema, liveSchema } from './live.ts';
export { refuseNamesakes } from './namesakes.ts';
export { applyObjects, type ObjectsResult, readObjects } from './objects.ts';
export { type Preview, preview } from './preview.ts';
export { type FailedProbe, missingHint, type Probe, probeError, probeProject } from './probe.ts';
export {
  emptyProject,
  findConfig,
  type LedgerName,
  loadProject,
  type Project,
  schemaMissing,
} from './project.ts';
export { type Pulled, type PullOptions, pull } from './pull.ts';
export { type Pushed, type PushOptions, push } from './push.ts';
export { applyPossible, type Refused } from './push-possible.ts';
export type { AnswerOptions, Ask, Question } from './questions.ts';
export { type Repairs, repair } from './repair.ts';
export type { AppliedMigration, Route } from './route.ts';
export { loadSchema, type Schema } from './schema.ts';
export { findSeed, type Seed, type SeedContext, type Seeded, seed } from './seed.ts';
export { type Squashed, squash } from './squash.ts';
export { standIns } from './stand-ins.ts';
export { type Status, type StatusEntry, status } from './status.ts';
export { type UpOptions, type UpResult, up } from './up.ts';
export type { Warning } from './warnings.ts';
export { type ResetOptions, reset } from './wipe.ts';
