/** The migration room's public face. A server's start imports what it needs from the files: all of it together takes as long to load as the start itself. */
export { rolesScript } from '../db/roles.ts';
export { type DownOptions, type DownResult, down, type RedoResult, redo } from './apply/down.ts';
export type { Failure, MigrateEvent, OnEvent } from './apply/events.ts';
export type { Ledger, LedgerRow } from './apply/ledger.ts';
export { applyObjects, type ObjectsResult } from './apply/objects.ts';
export { type Repairs, repair } from './apply/repair.ts';
export type { AppliedMigration, Route } from './apply/route.ts';
export { findSeed, type Seed, type SeedContext, type Seeded, seed } from './apply/seed.ts';
export { type UpOptions, type UpResult, up } from './apply/up.ts';
export { type ResetOptions, reset } from './apply/wipe.ts';
export { type Adoption, adoptLive } from './compare/adopt.ts';
export { check, type Problem, validate } from './compare/check.ts';
export { type Drift, drift } from './compare/drift.ts';
export { type Status, type StatusEntry, status } from './compare/status.ts';
export { type Extensions, embeddedExtensions } from './files/extensions.ts';
export { type History, type Layout, type Migration, readMigrations } from './files/files.ts';
export { readObjects } from './files/objects.ts';
export type { AnswerOptions, Ask, Question } from './kit/questions.ts';
export { type FailedProbe, missingHint, type Probe, probeError, probeProject } from './project/probe.ts';
export {
  emptyProject,
  findConfig,
  type LedgerName,
  loadProject,
  type Project,
} from './project/project.ts';
export { loadSchema, type Schema } from './project/schema.ts';
export { schemaMissing } from './project/schema-files.ts';
export { standIns } from './project/stand-ins.ts';
export { type LiveEvent, type LiveOptions, type LiveSchema, liveSchema } from './push/live.ts';
export { type Pushed, type PushOptions, push } from './push/push.ts';
export { applyPossible, type Refused } from './push/push-possible.ts';
export type { DownReport } from './write/down-file.ts';
export {
  type DerivedDown,
  deriveDowns,
  type Generated,
  type GenerateOptions,
  generate,
  upgrade,
} from './write/generate.ts';
export { type Preview, preview } from './write/preview.ts';
export { type Pulled, type PullOptions, pull } from './write/pull.ts';
export { type Squashed, squash } from './write/squash.ts';
export type { Warning } from './write/warnings.ts';
