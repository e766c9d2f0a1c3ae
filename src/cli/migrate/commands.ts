import type { MigrateCommand } from './command.ts';
import { initCommand, pullCommand, resetCommand, seedCommand } from './database.ts';
import { checkCommand, driftCommand, repairCommand, statusCommand, validateCommand } from './look.ts';
import { downCommand, redoCommand, upCommand } from './run.ts';
import { generateCommand, pushCommand, squashCommand, upgradeCommand } from './write.ts';

/** All commands of `hutch migrate …` and `hutch db …` that are about migrations. Each also takes `--json`. */
export const migrateCommands: readonly MigrateCommand[] = [
  generateCommand,
  upCommand,
  downCommand,
  redoCommand,
  statusCommand,
  validateCommand,
  checkCommand,
  driftCommand,
  repairCommand,
  pushCommand,
  resetCommand,
  squashCommand,
  upgradeCommand,
  seedCommand,
  initCommand,
  pullCommand,
];
