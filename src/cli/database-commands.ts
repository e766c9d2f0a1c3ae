import type { Command } from 'commander';

/** `hutch db …`: what is not about migrations. */
export function addDatabaseCommands(_db: Command): void {}
